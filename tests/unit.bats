#!/usr/bin/env bats
# The modules of one step by themselves: tests/unit/X.c is built with the step's own files, and what
# it prints is compared with tests/unit/X.txt.

load common

setup() {
    dir=$(echo "$top"/step0"$STEP"_*)
}

# Builds the test NAME with all that the step has but its main(); TEST is the program then.
build() {
    local sources=() file
    for file in "$dir"/*.c; do
        [ "${file##*/}" = main.c ] || sources+=("$file")
    done
    test=$BATS_TEST_TMPDIR/$1
    ${CC:-cc} -g -Wall -I"$dir" "$top/tests/unit/$1.c" "${sources[@]}" -pthread -o "$test"
}

# Runs the test that has been built with WORDS, and compares what it says with the file NAME.
says() {
    local name=$1
    shift
    run limited "$test" "$@"
    is "$output" "$(<"$top/tests/unit/$name.txt")"
}

@test "the event loop, changed while it runs" {
    [ -e "$dir/loop.c" ] || return 0
    build loop
    says loop $RANDOM
}

@test "generators do what CPython's do" {
    [ -e "$dir/gen.c" ] || return 0
    build gen
    says gen
}

@test "a generator that is wrong stops the program by its name" {
    [ -e "$dir/gen.c" ] || return 0
    build misuse
    run limited "$test" never_closes
    is "$status: $output" "1: : generator never_closes: yielded while it was closed"
    run limited "$test" frees_itself
    is "$status: $output" "1: : generator frees_itself: freed while it runs"
    run limited "$test" has_no_return
    is "$status: $output" "1: : generator has_no_return: came to its end without RETURN (at 1)"
}

@test "the compiler warns of a yield in an inner switch, and of a resume point without a yield" {
    [ -e "$dir/gen.c" ] || return 0
    cat >"$BATS_TEST_TMPDIR/wrong.c" <<'EOF'
#include "gen.h"
struct frame { struct gen gen; struct value got; };
struct value wrong(struct gen *gen, struct value sent)
{
    struct frame *f = (struct frame *)gen;

    BEGIN(GOT, NEVER_YIELDED)
    switch (f->got.tag) {
    case NONE:
        YIELD(GOT, f->got, none());
        break;
    default:
        break;
    }
    RETURN(none());
    END
}
EOF
    run ${CC:-cc} -std=c11 -Wall -c -I"$dir" "$BATS_TEST_TMPDIR/wrong.c" -o "$BATS_TEST_TMPDIR/wrong.o"
    [[ $output == *GOT* && $output == *NEVER_YIELDED* ]]
}

@test "a chain of generators: results, errors, and its end at any time" {
    [ -e "$dir/callstack.c" ] || return 0
    build callstack
    says callstack
}

@test "a chain of a million calls needs no C stack" {
    [ -e "$dir/callstack.c" ] || return 0
    run bash -c "ulimit -s 256; '$peer' limit 30 '$program' deep"
    is "$status" 0
    [[ $output == *"it returns 500000500000"* ]]
}

@test "no memory for a generator: 503 for that request alone" {
    [ -e "$dir/gen.c" ] || return 0
    cp "$dir"/*.[ch] "$top/tests/unit/scarce.c" "$BATS_TEST_TMPDIR"
    cd "$BATS_TEST_TMPDIR"
    ${CC:-cc} -c -Dgen_new=scarce_gen_new app.c
    rm app.c
    ${CC:-cc} ./*.c app.o -pthread -o scarce
    program=$BATS_TEST_TMPDIR/scarce
    start_serve
    client @a get:/one recv @b get:/one recv @c get:/one recv
    is "$output" "a: 200 bar
b: 503 Service Unavailable
c: 200 bar"
    stop_serve
}
