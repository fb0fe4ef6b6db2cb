#!/usr/bin/env bats
# The wider net of "make check". tests/check runs what has the tag "step" once for each step, whose
# number is STEP, and what has the tag "project" once.

# shellcheck disable=SC2154 # what is not assigned here is in check.bash
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
    xargs shellcheck --external-sources <"$tmp/list"
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
@test "project: the suites pass with gcc's address and undefined-behaviour sanitizers" {
    suites_pass_with address,undefined
}

# bats test_tags=project
@test "project: the suites pass with gcc's thread sanitizer" {
    suites_pass_with thread
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
@test "step $STEP: musl-gcc builds it, and its lesson ends well" {
    need musl-gcc "whether it works with musl is"
    build "$program" musl-gcc -O2 "${strict[@]}"
    ends_well lesson "$program"
}

# bats test_tags=step
@test "step $STEP: gcc builds it fortified, and its lesson ends well" {
    need gcc "whether it can be fortified is"
    build "$program" gcc -O2 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 "${strict[@]}"
    ends_well lesson "$program"
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

# bats test_tags=step
@test "step $STEP: gcc -fanalyzer finds nothing" {
    need gcc "what its analyzer would find is"
    gcc -fanalyzer -c -x c /dev/null -o "$tmp/empty.o" ||
        lacking "gcc has no -fanalyzer: what it would find is NOT checked"
    analyze_each gcc -fanalyzer -Werror -c {} -o /dev/null
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
