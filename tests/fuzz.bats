#!/usr/bin/env bats
# What fuzzing has found worth keeping, replayed: tests/fuzz/corpus/TARGET are inputs of the target
# tests/fuzz/TARGET.c. It needs no libFuzzer.

load common

setup() {
    cd "$top" || exit 1
}

@test "each parser bears each input that is kept" {
    # shellcheck disable=SC2086 # CC may be several words
    tests/fuzz/build "$BATS_TEST_TMPDIR" ${CC:-cc} -g
    for target in "$BATS_TEST_TMPDIR"/*; do
        inputs=(tests/fuzz/corpus/"${target##*/}"/*)
        [ "${#inputs[@]}" -gt 10 ]
        limited "$target" "${inputs[@]}" >"$BATS_TEST_TMPDIR/log" 2>&1 || {
            echo "${target##*/}:"
            tail -n 3 "$BATS_TEST_TMPDIR/log"
            false
        }
    done
}
