# exercise.bash: what the tests of the exercises share: all of common.bash, with the program built
# from the folder that tests/exercise has been told of.

load ../common

dir=$EXERCISE_FOLDER
program=$BATS_FILE_TMPDIR/step$STEP

setup_file() {
    ${CC:-cc} -g -Wall -Wextra "$dir"/*.c -pthread -o "$program"
}

# Builds the C file that stands on stdin with all that the step has but its main(). It is $test then.
build_test() {
    local sources=() file
    test=$BATS_TEST_TMPDIR/test
    for file in "$dir"/*.c; do
        [ "${file##*/}" = main.c ] || sources+=("$file")
    done
    cat >"$test.c"
    ${CC:-cc} -g -Wall -I"$dir" "$test.c" "${sources[@]}" -pthread -o "$test"
}
