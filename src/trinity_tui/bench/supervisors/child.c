/* The child of a benchmark: says at once that it runs, then does what its mode asks for. SOCKET MODE NAME */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static void report(const char *path, const char *mode, const char *name) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    char text[256];
    int size = snprintf(text, sizeof text, "%d %lld %s %s", (int)getpid(),
                        (long long)now.tv_sec * 1000000000LL + now.tv_nsec, mode, name);
    struct sockaddr_un where = {.sun_family = AF_UNIX};
    strncpy(where.sun_path, path, sizeof where.sun_path - 1);
    int socket_ = socket(AF_UNIX, SOCK_DGRAM, 0);
    sendto(socket_, text, size, 0, (struct sockaddr *)&where, sizeof where);
    close(socket_);
}

int main(int argc, char **argv) {
    if (argc < 4) return 2;
    const char *path = argv[1], *mode = argv[2], *name = argv[3];
    if (!strcmp(mode, "stubborn")) signal(SIGTERM, SIG_IGN);
    report(path, mode, name);
    if (!strcmp(mode, "crash")) {
        usleep(20000);
        return 1;
    }
    if (!strcmp(mode, "family") && fork() == 0) {
        setsid();
        report(path, "grandchild", name);
    }
    if (!strcmp(mode, "print"))
        for (long number = 0;; number++) {
            char line[64];
            int size = snprintf(line, sizeof line, "%d %ld\n", (int)getpid(), number);
            if (write(1, line, size) != size) return 3;
            usleep(100000);
        }
    for (;;) pause();
}
