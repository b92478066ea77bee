/* The floor for seeing whether a file store changed: walk every folder, ask for size and time of every file; one thread.
   cc -O2 -o statall statall.c && ./statall FOLDER */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static long files, folders, bytes;

static void stat_file(int parent, const char *name) {
    struct stat found;
    files++;
    if (!fstatat(parent, name, &found, AT_SYMLINK_NOFOLLOW)) bytes += found.st_size;
}

static void walk(int handle) {
    DIR *folder = fdopendir(handle);
    struct dirent *entry;
    if (!folder) return;
    folders++;
    while ((entry = readdir(folder))) {
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
        if (entry->d_type == DT_DIR) walk(openat(handle, entry->d_name, O_RDONLY | O_DIRECTORY));
        else if (entry->d_type == DT_REG) stat_file(handle, entry->d_name);
    }
    closedir(folder);
}

int main(int count, char **words) {
    if (count != 2) return 2;
    walk(open(words[1], O_RDONLY | O_DIRECTORY));
    printf("%ld files, %ld folders, %ld bytes\n", files, folders, bytes);
    return 0;
}
