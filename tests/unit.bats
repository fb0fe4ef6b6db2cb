#!/usr/bin/env bats
# The modules of one step by themselves: tests/unit/X.c is built with the step's X.c and story.c, and
# what it prints is compared with tests/unit/X.txt.

load common

# Builds the test of MODULE with the step's own MODULES, and runs it.
unit() {
    local dir sources=() module
    dir=$(echo "$top"/step0"$STEP"_*)
    for module in "$@" story; do sources+=("$dir/$module.c"); done
    ${CC:-cc} -g -I"$dir" "$top/tests/unit/$1.c" "${sources[@]}" -pthread -o "$BATS_TEST_TMPDIR/$1"
    run limited "$BATS_TEST_TMPDIR/$1" "$RANDOM"
}

@test "the event loop" {
    [ -e "$(echo "$top"/step0"$STEP"_*/loop.c)" ] || return 0
    unit loop
    is "$output" "$(<"$top/tests/unit/loop.txt")"
}
