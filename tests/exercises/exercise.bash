# exercise.bash: what the tests of the exercises share: all of common.bash, with the program built
# from the folder that tests/exercise has been told of.

load ../common

dir=$EXERCISE_FOLDER
program=$BATS_FILE_TMPDIR/step$STEP
test=$BATS_FILE_TMPDIR/test

# Before the first test of a file, the step is built, as it is done by "make". Files that have a
# program of their own build that, too. What does not compile fails the first test, and not
# setup_file(), which has no name that helps.
setup_file() {
    build_step
}

setup() {
    worth_trying
}

# After a test that has failed, no other is tried: only the first one is told of.
worth_trying() {
    [ ! -e "$BATS_FILE_TMPDIR/not_built" ] || { cat "$BATS_FILE_TMPDIR/not_built" && return 1; }
    [ ! -e "$BATS_FILE_TMPDIR/failed" ]
}

# What hangs is ended after so many seconds. A file whose tests take much less may set less.
limit=30

limited() {
    "$peer" limit "$limit" "$@"
}

# Where the compiler has them, the sanitizers look on: what is never freed, or is read after it was
# freed, fails a test.
sanitizers() {
    local flags="-fsanitize=address,undefined -fno-sanitize-recover=all"
    # shellcheck disable=SC2086 # they are two
    echo 'int main(void) { return 0; }' |
        ${CC:-cc} $flags -x c - -o "$BATS_FILE_TMPDIR/sanitized" 2>/dev/null &&
        "$BATS_FILE_TMPDIR/sanitized" 2>/dev/null && echo "$flags"
}

# They write what they find into a file, and not between what a test prints; and then the program
# ends with a status that nobody else has.
found_status=23
export ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=1:exitcode=$found_status
ASAN_OPTIONS+=:log_path=$BATS_FILE_TMPDIR/found
export UBSAN_OPTIONS=print_stacktrace=1

# Where the compiler has none, glibc overwrites what is freed: whoever still looks there sees it.
export MALLOC_PERTURB_=85 GLIBC_TUNABLES=glibc.malloc.tcache_count=0

# Whatever ends early leaves something behind. So leaks are looked for only if a program ends well:
# prints a C file for that, which is built with each.
leaks_of_the_good() {
    cat <<'PROGRAM'
#define _DEFAULT_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#ifdef __GLIBC__
static void end(int status, void *arg)
{
    (void)arg;
    if (status == 0)
        return;
    fflush(NULL);
    _exit(status);
}

__attribute__((constructor)) static void when_it_ends(void)
{
    on_exit(end, NULL);
}
#endif
PROGRAM
}

# Says in one line what the sanitizers have found, if anything, and where in the step that was: in
# which function, and who has called it. TEXT is searched, too. If there is nothing: what else the
# server has said on its stderr.
sanitizers_found() { # TEXT
    { cat "$BATS_FILE_TMPDIR"/found.* 2>/dev/null; echo "$1"; } | awk -v dir="$dir/" '
        BEGIN { first = ": in " }
        function is(words) { if (what == "") what = words }
        /heap-use-after-free/ { is("Something is used after it was freed") }
        /double-free/         { is("Something is freed twice") }
        /stack-use-after-/    { is("A local variable is used after its function has returned") }
        /buffer-overflow/     { is("Something is read or written beyond its end") }
        /SEGV|null pointer/   { is("A pointer is used that leads nowhere") }
        /LeakSanitizer/       { is("Something is never freed"); first = ", made in " }
        /(ERROR|runtime error): / { is($0) }
        what == "" { next }
        /^freed by / { first = ", freed in " } # not where it is used: that is not in the step
        /^allocated by / { first = ", made in " }
        /^previously allocated by / { exit }
        /^ *#[0-9]+ / && frames < 2 && (at = index($0, dir)) {
            place = substr($0, at + length(dir))
            if (place ~ /:[0-9]+:[0-9]+$/) sub(/:[0-9]+$/, "", place)
            where = where (frames++ ? ", called by " : first) $4 "(), " place
        }
        frames && /^$/ { exit } # what follows is of something else
        END { if (what != "") print what where "." }'
    grep -h "^step$STEP: " "$BATS_FILE_TMPDIR"/found.* 2>/dev/null
    rm -f "$BATS_FILE_TMPDIR"/found.*
}

# Prints TEXT and what the sanitizers have found. That comes first; but a leak comes last, because
# TEXT says what else is wrong.
print_found() { # TEXT
    local found rest
    found=$(sanitizers_found "$1")
    rest=$(grep -v -e '^AddressSanitizer:DEADLYSIGNAL' -e ' runtime error: ' -e '^ *#[0-9]* 0x' \
        <<<"$1" || true)
    case $found in
    *"never freed"*) printf '%s\n%s\n' "$rest" "$found" ;;
    *) printf '%s\n%s\n' "$found" "$rest" ;;
    esac | grep . || true
}

# As in common.bash, but what the server says on stderr is for print_found().
eval "common_$(declare -f start_serve)"
start_serve() {
    common_start_serve "$@" 2>"$BATS_FILE_TMPDIR/found.serve"
}

# As in common.bash, but says what the sanitizers have found, too. If nothing else is wrong, that is
# all.
is() {
    [ "$1" = "$2" ] && return
    if [ "${1/#$found_status: /0: }" = "$2" ]; then
        print_found "" | grep . && return 1
    fi
    print_found "expected: $2"$'\n'"     got: $1"
    return 1
}

# As is(), for texts of many lines: says first which line is not as it should be.
lines_are() { # GOT EXPECTED
    local i=0 got expected
    [ "$1" = "$2" ] && return
    mapfile -t got <<<"$1"
    mapfile -t expected <<<"$2"
    while [ "${got[i]-no line}" = "${expected[i]-no line}" ]; do
        i=$((i + 1))
    done
    print_found "Line $((i + 1)) should be \"${expected[i]-(no line)}\", and is \
\"${got[i]-(no line)}\". In full:"
    is "$1" "$2"
}

build_step() {
    leaks_of_the_good >"$BATS_FILE_TMPDIR/leaks.c"
    # shellcheck disable=SC2046 # they are several
    ${CC:-cc} -g -Wall -Wextra $(sanitizers) "$dir"/*.c "$dir"/*/*.c "$BATS_FILE_TMPDIR/leaks.c" \
        -pthread -o "$program" 2>"$BATS_FILE_TMPDIR/said" && return
    not_built "It does not compile" "$BATS_FILE_TMPDIR/said"
}

# Builds the C file that stands on stdin with all that the step has but its main(): that is $test.
# ARGUMENTS go to the compiler: with -Dpoll=my_poll, the step calls what the file has in its place.
build_test() { # ARGUMENT...
    local sources=() file quoting
    set_quoting "$dir"
    for file in "$dir"/*.c "$dir"/*/*.c; do
        [ "$file" = "$dir/main.c" ] || sources+=("$file")
    done
    leaks_of_the_good >"$BATS_FILE_TMPDIR/leaks.c"
    cat >"$test.c"
    # shellcheck disable=SC2046 # they are several
    ${CC:-cc} -g -Werror=implicit-function-declaration $(sanitizers) "${quoting[@]}" \
        -iquote "$dir/demos" "$@" "$test.c" "${sources[@]}" "$BATS_FILE_TMPDIR/leaks.c" \
        -pthread -o "$test" 2>"$test.said" && return
    not_built "What the test calls is not there, or is not as the exercise asks for it" "$test.said"
}

# Says WHY something was not built, and what the compiler has said, which is in FILE.
not_built() { # WHY FILE
    local said
    said=$(grep -m 1 -E 'error|undefined|multiple' "$2" |
        sed -E "s|$dir/||g; s|[^ ]*/test.c:|test.c:|g")
    printf '%s:\n%s\n' "$1" "$said" | tee "$BATS_FILE_TMPDIR/not_built"
    [ -z "${BATS_TEST_NAME:-}" ] # in setup_file()
}

# Runs $test with ARGUMENTS. It must end well.
run_test() { # ARGUMENT...
    run limited "$test" "$@"
    [ "$status" = 0 ] && return
    if [ "$status" = "$found_status" ]; then
        print_found "" | grep . && return 1
    fi
    print_found "$output"
    echo "The test ended with status $status."
    return 1
}

# Runs $test with ARGUMENTS. It must print EXPECTED, and end well.
prints() { # EXPECTED ARGUMENT...
    local wanted=$1
    shift
    run limited "$test" "$@"
    is "$output" "$wanted" || return
    [ "$status" = 0 ] && return
    print_found ""
    echo "The test ended with status $status."
    return 1
}

# Prints which paths the API has been asked for since the last time. It does "show" with each call.
asked() {
    local line
    echo end >&6
    while read -r -t 20 line <&6 && [ "$line" != end ]; do
        [[ $line != GET* ]] || cut -d ' ' -f 2 <<<"$line"
    done
}

# As in common.bash, but says what was wrong.
stop_serve() {
    local status=0
    kill -TERM "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || status=$?
    [ "$status" = 0 ] || print_found ""
    case $status in
    0) everybody_has_gone && return || echo "The server has left somebody behind." ;;
    142) echo "After Ctrl-C the server should have ended; it did not within half a minute." ;;
    *) echo "After Ctrl-C the server should have ended well; its exit status was $status." ;;
    esac
    return 1
}

# The bash that runs a test would tell of a server that has been killed. So a test that has failed
# ends the server as whoever is at the keyboard does: by Ctrl-C, twice.
teardown() {
    [ -n "${BATS_TEST_COMPLETED:-}" ] || touch "$BATS_FILE_TMPDIR/failed"
    stop_api 2>/dev/null
    kill -TERM "${pid:-}" 2>/dev/null && kill -INT "$pid" 2>/dev/null
    wait 2>/dev/null || true
}
