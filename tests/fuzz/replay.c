/* SPDX-License-Identifier: Apache-2.0 */
/* replay FOLDER...: runs the target on each file in the folders. */
#include <dirent.h>
#include <sys/stat.h>

#include "fuzz.h"

static void run(const char *path)
{
    FILE *file = fopen(path, "rb");
    struct stat st;
    HOLDS(file && fstat(fileno(file), &st) == 0);
    /* Of exactly this size: sanitizers see what is read past the end. */
    uint8_t *data = malloc(st.st_size > 0 ? (size_t)st.st_size : 1);
    HOLDS(data);
    HOLDS(fread(data, 1, (size_t)st.st_size, file) == (size_t)st.st_size);
    fclose(file);
    fuzz_one(data, (size_t)st.st_size);
    free(data);
}

int main(int argc, char **argv)
{
    unsigned count = 0;
    for (int i = 1; i < argc; i++) {
        DIR *dir = opendir(argv[i]);
        struct dirent *entry;
        HOLDS(dir);
        while ((entry = readdir(dir))) {
            char path[4096];
            snprintf(path, sizeof path, "%s/%s", argv[i], entry->d_name);
            if (entry->d_name[0] != '.') {
                run(path);
                count++;
            }
        }
        closedir(dir);
    }
    printf("%u inputs\n", count);
    return count > 0 ? 0 : 1;
}
