#!/usr/bin/env bats
# The wider net of "make check". tests/check runs what has the tag "step" once for each step, whose
# number is STEP, and all else once: what has the tag "project" one after the other, and beside the
# steps what has one of its own.

load check

# bats test_tags=project
@test "project: clang-format finds nothing to change" {
    need clang-format "the layout of the C files is"
    files '\.[ch]$' >"$tmp/list"
    xargs clang-format --dry-run -Werror <"$tmp/list"
}

# bats test_tags=project
@test "project: shellcheck finds nothing" {
    need shellcheck "the shell scripts are"
    scripts >"$tmp/list"
    xargs shellcheck <"$tmp/list"
}

# Shellcheck does not know that a file which is loaded shares its variables with the one that loads
# it (SC2034, SC2154), and what a subshell is for when each test runs in one (SC2030, SC2031).
# bats test_tags=project
@test "project: shellcheck finds nothing in what bats runs" {
    need shellcheck "the tests are"
    files '\.(bats|bash)$' >"$tmp/list"
    xargs shellcheck --shell=bats --exclude=SC2034,SC2154,SC2030,SC2031 <"$tmp/list"
}

# bats test_tags=project
@test "project: gcc builds the C files of the tests without a warning" {
    compiles_tests gcc
}

# bats test_tags=project
@test "project: clang builds the C files of the tests without a warning" {
    compiles_tests clang
}

# bats test_tags=project
@test "project: CPython prints what tests/unit/gen.txt says of generators" {
    need python3 "what CPython does with generators is"
    python3 tests/unit/gen.py >"$tmp/said"
    diff tests/unit/gen.txt "$tmp/said"
}

# bats test_tags=project
@test "project: CPython prints what tests/unit/delegate.txt says of delegation" {
    need python3 "what CPython does with yield from is"
    python3 tests/unit/delegate.py >"$tmp/said"
    diff tests/unit/delegate.txt "$tmp/said"
}

# bats test_tags=project
@test "project: CPython prints what the demo pep380 of step 5 does" {
    need python3 "what CPython does with yield from is"
    python3 tests/unit/pep380.py >"$tmp/said"
    diff tests/unit/pep380.txt "$tmp/said"
}

# bats test_tags=project
@test "project: the pictures are those of the demos, and there are no others" {
    need python3 "whether the pictures are those of the demos is"
    make -s
    tests/pictures "$tmp"
    for dir in step0?_*; do
        diff -r "$tmp/$dir/pictures" "$dir/pictures"
    done
}

# bats test_tags=project
@test "project: the suites pass with gcc's address and undefined-behaviour sanitizers" {
    suites_pass_with address,undefined
}

# This sanitizer holds a signal back until read() returns: it ends nobody who is blocked in one.
# bats test_tags=project
@test "project: the suites pass with gcc's thread sanitizer" {
    suites_pass_with thread signals
}

# bats test_tags=project
@test "project: the suites pass with musl" {
    need musl-gcc "whether everything works with musl is"
    copy_project
    suites_pass CC=musl-gcc
}

# bats test_tags=project
@test "project: the suites run at least 95 % of each step's lines" {
    need python3 "which lines the suites run is"
    need gcov "which lines the suites run is"
    tests/coverage --lines --least 95
}

# bats test_tags=soak
@test "project: a minute of random clients, and then ten thousand at once" {
    need python3 "how step 7 bears a crowd is"
    tests/soak
}

# bats test_tags=torture
@test "project: every system call and every allocation fails, in every step, and nothing goes wrong" {
    need python3 "how the steps bear failing calls is"
    tests/torture/run
}

# bats test_tags=fuzz
@test "project: ten seconds of fuzzing find nothing in each parser" {
    need_sanitizer clang fuzzer,address,undefined 'int LLVMFuzzerTestOneInput(void) { return 0; }'
    tests/fuzz/run 10
}

# That the suites pass over the steps as they are is known here.
# bats test_tags=mutants
@test "project: every mutant can be made, and those that are tried are killed" {
    need python3 "whether the suites notice when a step is broken is"
    tests/mutants/run --quick
}

# bats test_tags=step
@test "step $STEP: gcc builds it without a warning" {
    builds_without_warning gcc
}

# bats test_tags=step
@test "step $STEP: clang builds it without a warning" {
    builds_without_warning clang
}

# bats test_tags=step
@test "step $STEP: musl-gcc builds it without a warning" {
    need musl-gcc "what musl-gcc would warn of is"
    build "$program" musl-gcc -O2 "${strict[@]}"
}

# bats test_tags=step
@test "step $STEP: gcc builds it fortified, and its lesson ends well" {
    need gcc "whether it can be fortified is"
    build "$program" gcc -O2 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 "${strict[@]}"
    ends_well lesson "$program"
}

# bats test_tags=step
@test "step $STEP: the exercises fail before their solutions, and pass after them" {
    exercises_are_sound
}

# bats test_tags=step
@test "step $STEP: serve answers curl" {
    need curl "how serve answers it is"
    build "$program" cc -O2
    serves "$program"
}

# bats test_tags=step
@test "step $STEP: the traces are sound" {
    need curl "the trace of serve is"
    need python3 "the JSON of traces is"
    build "$program" cc -O2
    everything_ends_well "$program"
    traces_are_sound "$tmp"/*.json
}

# bats test_tags=step
@test "step $STEP: gcc's address, leak and undefined-behaviour sanitizers find nothing" {
    everything_ends_well_with gcc address,undefined
}

# bats test_tags=step
@test "step $STEP: clang's address, leak and undefined-behaviour sanitizers find nothing" {
    everything_ends_well_with clang address,undefined
}

# bats test_tags=step
@test "step $STEP: gcc's thread sanitizer finds nothing" {
    everything_ends_well_with gcc thread
}

# bats test_tags=step
@test "step $STEP: valgrind finds nothing" {
    everything_ends_well_under_valgrind
}

# It does not see that the "link" of a list's member points back into the list, and holds whoever is
# taken out and freed to be still in it. The address sanitizer and valgrind look for such mistakes.
# bats test_tags=step
@test "step $STEP: gcc -fanalyzer finds nothing" {
    need gcc "what its analyzer would find is"
    gcc -fanalyzer -c -x c /dev/null -o "$tmp/empty.o" ||
        lacking "gcc has no -fanalyzer: what it would find is NOT checked"
    analyze_each gcc -fanalyzer -Wno-analyzer-use-after-free -Werror -c {} -o /dev/null
    # Then farther than where it gives up in a file like server.c; there it also forgets who owns
    # what, and calls it leaked.
    analyze_each gcc -fanalyzer -Wno-analyzer-use-after-free -Wno-analyzer-malloc-leak -Werror \
        --param analyzer-bb-explosion-factor=20 --param analyzer-max-enodes-per-program-point=16 \
        -c {} -o /dev/null
}

# bats test_tags=step
@test "step $STEP: cppcheck finds nothing" {
    need cppcheck "what it would find is"
    cppcheck --quiet --error-exitcode=1 --std=c11 --library=posix \
        --enable=warning,performance,portability "$step"
}

# bats test_tags=step
@test "step $STEP: clang-tidy finds nothing" {
    need clang-tidy "what it would find is"
    analyze_each clang-tidy --quiet {} -- -std=c11
}
