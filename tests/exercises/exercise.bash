# exercise.bash: what the tests of the exercises share: all of common.bash, with the program built
# from the folder that tests/exercise has been told of.

load ../common

dir=$EXERCISE_FOLDER
program=$BATS_FILE_TMPDIR/step$STEP
test=$BATS_FILE_TMPDIR/test

# Before the first test of a file, the step is built, as it is done by "make". Files that have a
# program of their own build that, too.
setup_file() {
    build_step
}

build_step() {
    ${CC:-cc} -g -Wall -Wextra "$dir"/*.c "$dir"/*/*.c -pthread -o "$program"
}

# Builds the C file that stands on stdin with all that the step has but its main(): that is $test.
# ARGUMENTS go to the compiler: with -Dpoll=my_poll, the step calls what the file has in its place.
build_test() { # ARGUMENT...
    local sources=() file quoting
    set_quoting "$dir"
    for file in "$dir"/*.c "$dir"/*/*.c; do
        [ "$file" = "$dir/main.c" ] || sources+=("$file")
    done
    cat >"$test.c"
    ${CC:-cc} -g -Werror=implicit-function-declaration "${quoting[@]}" "$@" \
        "$test.c" "${sources[@]}" -pthread -o "$test" 2>"$test.said" && return
    head -n 12 "$test.said"
    echo "What the test calls is not there, or is not as the exercise asks for it."
    return 1
}

# Runs $test with ARGUMENTS. It must end well.
run_test() { # ARGUMENT...
    run limited "$test" "$@"
    [ "$status" = 0 ] && return
    printf '%s\nThe test ended with status %s.\n' "$output" "$status"
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
    case $status in
    0) everybody_has_gone && return || echo "The server has left somebody behind." ;;
    142) echo "After Ctrl-C the server should have ended; it did not within half a minute." ;;
    *) echo "After Ctrl-C the server should have ended well; its exit status was $status." ;;
    esac
    return 1
}

# The bash that runs a test would tell of a server that has been killed. So a test that has failed
# ends the server as who is at the keyboard does: by Ctrl-C, twice.
teardown() {
    stop_api 2>/dev/null
    kill -TERM "${pid:-}" 2>/dev/null && kill -INT "$pid" 2>/dev/null
    wait 2>/dev/null || true
}
