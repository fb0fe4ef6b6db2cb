/* replay.c - gives a target the files that the command line names, one after the other: for where
 * there is no libFuzzer. Ends well, or the target stops it; then the last file that it has printed
 * is the one. */
#define _DEFAULT_SOURCE

#include "fuzz.h"

enum { INPUT_MAX = 1 << 15 };

int main(int argc, char **argv)
{
    static uint8_t input[INPUT_MAX];

    for (int i = 1; i < argc; i++) {
        FILE *file = fopen(argv[i], "rb");
        size_t size;
        uint8_t *data;

        printf("%s\n", argv[i]);
        fflush(stdout);
        require(file != NULL, "the file cannot be read");
        size = fread(input, 1, sizeof input, file);
        fclose(file);
        data = malloc(size + (size == 0)); /* of its own length, for sanitizers */
        require(data != NULL, "no memory");
        memcpy(data, input, size);
        LLVMFuzzerTestOneInput(data, size);
        free(data);
    }
    return 0;
}
