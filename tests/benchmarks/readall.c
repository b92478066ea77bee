/* The floor for reading a file store: walk every folder, open, read and close every file, count bytes; one thread.
   cc -O2 -o readall readall.c && ./readall FOLDER
   With -DSTAT_ONLY, the floor for seeing whether it changed: ask for size and time of every file instead. */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static long files, folders, bytes;
#ifndef STAT_ONLY
static char buffer[1 << 20];
#endif

#ifdef STAT_ONLY
static void look(int parent, const char *name) {
    struct stat found;
    files++;
    if (!fstatat(parent, name, &found, AT_SYMLINK_NOFOLLOW)) bytes += found.st_size;
}
#else
static void look(int parent, const char *name) {
    int file = openat(parent, name, O_RDONLY);
    ssize_t count;
    files++;
    while ((count = read(file, buffer, sizeof buffer)) > 0) {
        bytes += count;
        if (count < (ssize_t)sizeof buffer) break;
    }
    close(file);
}
#endif

static void walk(int handle) {
    DIR *folder = fdopendir(handle);
    struct dirent *entry;
    if (!folder) return;
    folders++;
    while ((entry = readdir(folder))) {
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
        if (entry->d_type == DT_DIR) walk(openat(handle, entry->d_name, O_RDONLY | O_DIRECTORY));
        else if (entry->d_type == DT_REG) look(handle, entry->d_name);
    }
    closedir(folder);
}

int main(int count, char **words) {
    if (count != 2) return 2;
    walk(open(words[1], O_RDONLY | O_DIRECTORY));
    printf("%ld files, %ld folders, %ld bytes\n", files, folders, bytes);
    return 0;
}
