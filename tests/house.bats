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

# Neither gcov nor who reads a message could tell them apart.
@test "no two files of a step have the same name" {
    for dir in step0?_*; do
        is "$dir: $(find "$dir" -name '*.[ch]' | sed 's,.*/,,' | sort | uniq -d)" "$dir: "
    done
}

@test "a lesson has at most 22 .c files" {
    for dir in step0?_*; do
        files=("$dir"/*.c)
        echo "$dir: ${#files[@]}"
        [ "${#files[@]}" -le 22 ]
    done
}

# What no lesson needs to read may not grow without a reason. Of these lines, some 1,380 are what all steps
# have had since the first; the rest is what stood in the lessons before, once in each of five steps:
# the clients (clients.c), what makes a server that blocks robust (blocking.c), and who acts when
# (scripts.c).
@test "the support files stay small" {
    code=$(cat step01_multiplexing/support/*.c | code_lines)
    echo "$code lines of code"
    [ "$code" -le 1860 ]
}

# Prints how many lines of code, which are neither blank nor comment, the text on stdin has without
# the functions that are named.
code_lines() { # FUNCTION...
    awk -v skip=" $* " '
        {
            line = $0
            while (1) { # take the comments out
                if (inside && !match(line, /\*\//)) { line = ""; break }
                if (inside) { line = substr(line, RSTART + 2); inside = 0 }
                if (!match(line, /\/\*/)) break
                before = substr(line, 1, RSTART - 1)
                line = substr(line, RSTART + 2)
                if (match(line, /\*\//)) line = before substr(line, RSTART + 2)
                else { inside = 1; line = before; break }
            }
            if (line !~ /[^[:space:]]/) next
        }
        /^[a-z].*[a-z_0-9]\(/ && !/;$/ {
            name = $0
            sub(/\(.*/, "", name)
            sub(/.*[ *]/, "", name)
            if (index(skip, " " name " ")) skipping = 1
        }
        !skipping { n++ }
        /^}/ { skipping = 0 }
        END { print n + 0 }'
}

@test "code_lines counts code" {
    printf '%s\n' '/* a comment */' '' 'int a; /* one */' '/* two' ' * lines */ int b;' \
        'static int f(int x)' '{' '    return x; /* x' '    */' '}' 'int g(void);' >"$BATS_TEST_TMPDIR/c"
    is "$(code_lines <"$BATS_TEST_TMPDIR/c") $(code_lines f <"$BATS_TEST_TMPDIR/c")" "7 3"
}

# What a README asks to read stands in tables: the files, the functions that may be skipped, the lines
# of code; and their sum, which is at most an hour's.
@test "what a README tells to read is counted right, and is at most 450 lines of code" {
    for readme in step0[1-5]_*/README.md; do
        dir=${readme%/*} sum=0 tables=0
        # shellcheck disable=SC2016 # it is Markdown's
        while IFS='|' read -r _ what skip lines _; do
            # shellcheck disable=SC2016 # it is Markdown's
            read -ra files < <(grep -o '`[^`]*`' <<<"$what" | tr -d '`' | paste -sd ' ' -)
            # shellcheck disable=SC2016
            read -ra functions < <(grep -o '`[^`]*`' <<<"$skip" | tr -d '`()' | paste -sd ' ' -)
            if [[ $what == *together* ]]; then
                is "$dir: together $((lines))" "$dir: together $sum"
                [ "$sum" -le 450 ] && [ "$sum" -gt 100 ]
                sum=0 tables=$((tables + 1))
                continue
            fi
            counted=$(for file in "${files[@]}"; do cat "$dir/$file"; done | code_lines "${functions[@]}")
            is "$dir: $what $((lines))" "$dir: $what $counted"
            sum=$((sum + counted))
            # What may be skipped is there, and is not what the README explains.
            for name in "${functions[@]}"; do
                (cd "$dir" && grep -qE "^[a-z].*[ *]$name\(" "${files[@]}")
                is "$(grep -c "$name()" "$readme")" 1
            done
        done < <(grep -E '^\| (`[^|]*\.[ch]`|together)[^|]*\|[^|]*\| [0-9]+ \|$' "$readme")
        echo "$readme: $tables"
        [ "$tables" -ge 1 ]
    done
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

# Tables, and what is folded away, do not count.
@test "the README of a step has at most 250 lines, none of them over 120 columns" {
    for readme in step0[1-5]_*/README.md; do
        long=$(awk '/^<details>/ { folded = 1 } !folded && !/^\|/ { n++ } /^<\/details>/ { folded = 0 } END { print n }' "$readme")
        echo "$readme: $long"
        [ "$long" -le 250 ]
        grep -v '^|' "$readme" >"$BATS_TEST_TMPDIR/prose"
        refute grep -nE '.{121}' "$BATS_TEST_TMPDIR/prose"
    done
}

# How many lines "diff" removes and adds between two steps, in the files at the top of both but main.c.
lines_between() { # STEP STEP [FILE...]
    local old new file sum=0
    old=$(echo step0"$1"_*) new=$(echo step0"$2"_*)
    shift 2
    for file in "$new"/*.[ch]; do
        file=${file##*/}
        if [ "$file" = main.c ] || [ ! -e "$old/$file" ]; then continue; fi
        [ $# = 0 ] || [[ " $* " == *" $file "* ]] || continue
        sum=$((sum + $(diff "$old/$file" "$new/$file" | grep -c '^[<>]')))
    done
    echo "$sum"
}

@test "a diff is its idea: each keeps within its budget, and make diffstat says so" {
    tests/diff --stat >"$BATS_TEST_TMPDIR/stat"
    for budget in 2:260 3:140 4:70 5:250; do
        step=${budget%:*} changed=$(lines_between $((step - 1)) "$step")
        echo "step $step changes $changed lines"
        [ "$changed" -gt 0 ] && [ "$changed" -le "${budget#*:}" ]
        grep -A1 "^step0${step}_" "$BATS_TEST_TMPDIR/stat" | grep "^  $changed lines changed (at most ${budget#*:})"
    done
    changed=$(lines_between 4 5 await.h await.c gen.h app.c nested.c nap.c gather.c)
    [ "$changed" -gt 0 ] && [ "$changed" -le 110 ]
    grep "$changed of them in part two (at most 110)" "$BATS_TEST_TMPDIR/stat"
}

@test "make diff5 shows its two parts, each file once" {
    make -s diff5 >"$BATS_TEST_TMPDIR/diff"
    is "$(grep '^===' "$BATS_TEST_TMPDIR/diff")" "=== Part one: a future stands for any result
=== Part two: the stack moves into the generators
=== The demos"
    is "$(grep '^+++ ' "$BATS_TEST_TMPDIR/diff" | sort | uniq -d)" ""
    for file in step05_futures/*.[ch]; do
        cmp -s "$file" "step04_callstack/${file##*/}" || grep -qF "+++ $file" "$BATS_TEST_TMPDIR/diff"
    done
    sed -n '/Part two/,/The demos/s/^+++ //p' "$BATS_TEST_TMPDIR/diff" | grep -q step05_futures/await.c
}

@test "make diff4 FILE=driver.c shows that file alone" {
    is "$(make -s diff4 FILE=driver.c | grep '^+++ ')" "+++ step04_callstack/driver.c"
    run make -s diff4 FILE=nothing.c
    [ "$status" != 0 ]
    [[ $output == *"neither step03_generators nor step04_callstack has nothing.c"* ]]
}

# Files that are final in a step stay what they are.
@test "what the idea does not touch is the same, byte for byte" {
    for file in loop.c loop.h soon.c soon.h api.c api.h; do
        cmp step02_callbacks/$file step03_generators/$file
        cmp step02_callbacks/$file step04_callstack/$file
    done
    cmp step02_callbacks/api.c step05_futures/api.c
    cmp step03_generators/nested.c step04_callstack/nested.c
    for step in step04_callstack step05_futures step06_scheduler step07_io; do
        cmp step03_generators/gen.c $step/gen.c
    done
    for file in gen.h await.c await.h; do
        cmp step05_futures/$file step06_scheduler/$file
        cmp step05_futures/$file step07_io/$file
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

@test "the lines of /two that the top README compares are those of the steps" {
    # shellcheck disable=SC2016 # nothing is to be expanded
    grep -E '^\| [1-7]( and [1-7])? \| `' README.md >"$BATS_TEST_TMPDIR/table"
    is "$(wc -l <"$BATS_TEST_TMPDIR/table")" 6
    while IFS='`' read -r steps line _; do
        for step in ${steps//[!1-7]/ }; do
            cat step0"$step"_*/*.c | grep -qF "$line"
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
