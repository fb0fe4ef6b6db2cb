#!/usr/bin/env bats
# The house: what holds for the repository as a whole.

load common

setup() {
    cd "$top" || exit 1
}

@test "each step, alone in an empty folder, builds with a bare cc" {
    for dir in step0?_*; do
        cp -r "$dir" "$BATS_TEST_TMPDIR"
        (
            cd "$BATS_TEST_TMPDIR/$dir"
            ${CC:-cc} ./*.c ./*/*.c -pthread
            ./a.out --help | grep -q limit
        )
    done
}

@test "make step1 and make step01 make the same program" {
    make -s step1 step01
    is "$(./step01 --help | sed s/step01/step1/)" "$(./step1 --help)"
    rm step01
}

# Prints each "NAME" that the FILES include, and in which line.
includes() { # FILE...
    grep -nE '#[[:space:]]*include[[:space:]]*"' "$@" /dev/null
}

# A lesson has what it needs in its own folder, or in one below. What is in one of these finds the
# lesson above, and support and further beside; support knows nothing of the lesson.
@test "a step includes nothing from elsewhere" {
    includes step0?_*/*.[ch] >"$BATS_TEST_TMPDIR/lesson"
    refute grep -vE '"((support|demos|further)/)?[a-z_]+\.h"$' "$BATS_TEST_TMPDIR/lesson"
    includes step0?_*/*/*.[ch] >"$BATS_TEST_TMPDIR/below"
    refute grep -vE '"(\.\./((support|further)/)?)?[a-z_]+\.h"$' "$BATS_TEST_TMPDIR/below"
    includes step0?_*/support/*.[ch] >"$BATS_TEST_TMPDIR/support"
    refute grep -vE '"[a-z_]+\.h"$' "$BATS_TEST_TMPDIR/support"
    [ -z "$(find step0?_* -type l)" ]
}

@test "a step has no folders but those that are meant" {
    for dir in step0?_*/*/; do
        [[ $dir =~ /(support|demos|further|pictures)/$ ]] || { echo "$dir"; false; }
    done
}

@test "what is in support is the same in every step that has it" {
    for file in step0?_*/support/*; do
        twins=(step0?_*/support/"${file##*/}")
        cmp "${twins[0]}" "$file"
    done
}

@test "a lesson has at most 22 .c files" {
    for dir in step0?_*; do
        files=("$dir"/*.c)
        echo "$dir: ${#files[@]}"
        [ "${#files[@]}" -le 22 ]
    done
}

@test "the support files stay small" {
    code=$(cat step01_multiplexing/support/*.c | grep -cvE '^[[:space:]]*($|/\*|\*)')
    echo "$code lines of code"
    [ "$code" -le 1355 ]
}

@test "every .c file asks for POSIX.1-2008 before all else" {
    for file in step0?_*/*.c step0?_*/*/*.c; do
        is "$(grep -m1 '^#' "$file")" "#define _POSIX_C_SOURCE 200809L" || { echo "$file"; false; }
    done
}

@test "nothing but the steps and what belongs to them stands at the top" {
    [ -d .git ] || skip "this is no git checkout"
    git ls-files | cut -d/ -f1 | sort -u >"$BATS_TEST_TMPDIR/top"
    refute grep -vxE 'step0[1-7]_[a-z]+|tests|Makefile|README(\.[a-z]+)?\.md|LICENSE|CONTRIBUTING\.md|\..*' \
        "$BATS_TEST_TMPDIR/top"
}

@test "make help lists what there is" {
    is "$(make -s help | sed -E 's/^make +([a-z0-9.]*).*/\1/' | paste -sd ' ' -)" \
        "builds step3 diff3 exercise3.2 diff diffstat test torture mutants fuzz coverage figures\
 check check check expected pictures bench bench clean"
}

@test "what make tells fits into 80 columns" {
    make -s help diffstat >"$BATS_TEST_TMPDIR/told"
    refute grep -nE '.{81}' "$BATS_TEST_TMPDIR/told"
}

@test "make diff2 shows no support file" {
    make -s diff2 >"$BATS_TEST_TMPDIR/diff"
    grep -q '^+++ .*loop.c' "$BATS_TEST_TMPDIR/diff"
    refute grep -E '^(---|\+\+\+) .*/support/' "$BATS_TEST_TMPDIR/diff"
}

# Step 6 starts another program.
@test "where a diff is longer than 80 lines, the README says why" {
    tests/diff --stat >"$BATS_TEST_TMPDIR/stat"
    for step in 2 3 4 5 7; do
        readme=$(echo step0"$step"_*/README.md)
        said=$(sed -n "/^make diff$step/,/^How the parts/p" "$readme")
        while IFS=: read -r file lines; do
            [ "$lines" -le 80 ] || [[ $said == *"\`$file\`"* ]] ||
                { echo "$readme says nothing of $file"; false; }
        done < <(sed -n "/^step0${step}_/,/^$/p" "$BATS_TEST_TMPDIR/stat" | grep -o '[a-z_]*\.[ch]:[0-9]*')
    done
}

# A test that needs what no table knows would never run.
@test "what tests need is in the table of modules" {
    grep -hoE '^# bats (test|file)_tags=.*' tests/*.bats | tr '=,' '\n' |
        sed -n 's/^needs://p; s/^not://p' | sort -u >"$BATS_TEST_TMPDIR/needed"
    [ "$(wc -l <"$BATS_TEST_TMPDIR/needed")" -gt 10 ]
    printf '%s\n' "${!module_known[@]}" blocking threads multiplexed | sort >"$BATS_TEST_TMPDIR/known"
    is "$(comm -23 "$BATS_TEST_TMPDIR/needed" "$BATS_TEST_TMPDIR/known")" ""
}

# Prints the blocks of FILE that are fenced with ```KIND, with a line "@@" after each.
blocks() {
    awk -v fence="\`\`\`$1" '$0 == fence { on = 1; next } on && /^```/ { on = 0; print "@@"; next } on' "$2"
}

mask() {
    sed -E 's/[0-9]+ ms/N ms/g'
}

# Fails unless each block of KIND in FILE stands, as a whole, in TEXT.
stands_in() {
    local block='' line
    while IFS= read -r line; do
        if [ "$line" != @@ ]; then
            block+=$line$'\n'
            continue
        fi
        [[ $3 == *"$block"* ]] || { printf '%s quotes what is not there:\n%s' "$2" "$block"; return 1; }
        block=
    done < <(blocks "$1" "$2" | mask)
}

@test "what a README quotes is what the program says, and what stands in its code" {
    for file in README.md step0?_*/README.md; do
        where=$(dirname "$file")
        # The top README quotes all the steps.
        [ "$where" = . ] && where='step0?_*' && transcripts='tests/expected/step*.txt' ||
            transcripts=tests/expected/step${file:5:1}.txt
        # shellcheck disable=SC2086 # these are patterns
        stands_in text "$file" "$(cat $transcripts)"
        grep -q '^```text$' "$file"
        # shellcheck disable=SC2086
        stands_in c "$file" "$(cat $where/*.[ch] $where/*/*.[ch] | mask)"
    done
}

@test "what step 3's README shows as expanded is what the preprocessor makes of it" {
    expanded=$(${CC:-cc} -E -P step03_generators/app.c | tr -d ' \n')
    shown=$(blocks c-expanded step03_generators/README.md | grep -v '^@@$' | tr -d ' \n')
    [ -n "$shown" ]
    [[ $expanded == *"$shown"* ]]
}

# Prints what FILE tells to type, in blocks and within lines.
commands() {
    # shellcheck disable=SC2016 # nothing is to be expanded
    {
        blocks sh "$1"
        awk '/^```/ { on = !on; next } !on' "$1" | tr '\n' ' ' |
            grep -oE '`(\./step[1-7]|make )[^`]*`' | tr -d '`' | tr -s ' '
    } | sed -E 's/ (&&|[|]) .*//; s/ *#.*//'
}

@test "the lines of /two that the top README compares are those of app.c" {
    # shellcheck disable=SC2016 # nothing is to be expanded
    grep -E '^\| [1-7]( and [1-7])? \| `' README.md >"$BATS_TEST_TMPDIR/table"
    is "$(wc -l <"$BATS_TEST_TMPDIR/table")" 5
    while IFS='`' read -r steps line _; do
        for step in ${steps//[!1-7]/ }; do
            grep -qF "$line" step0"$step"_*/app.c
        done
    done <"$BATS_TEST_TMPDIR/table"
}

@test "what a README tells to type exists" {
    for file in README.md step0?_*/README.md; do
        while read -r command; do
            demo=${command#./step? }
            case $command in
                ./step?) ;;
                './step'?' serve'*) "${command%% *}" --help | grep -q ' serve ' ;;
                './step'?' --trace'*) ;;
                './step'?' relay '* | './step'?' client '*) ;;
                './step'?*) "${command%% *}" --help | grep -q "^  ${demo#--* } " ;;
                make*) eval make -sn "${command#* }" >"$BATS_TEST_TMPDIR/make" ;;
            esac || { echo "$file: $command"; false; }
        done < <(commands "$file")
    done
}
