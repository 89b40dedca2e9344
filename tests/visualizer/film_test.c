/* film_test.c -- many pictures: numbered files, and what an encoder of films is given. */
#include "../check.h"
#include "../cli/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool make_trace(void) {
    static bool made;
    if (!made) made = command_gives(0, "$F run -q --device none --out $T/film.trace $S/everything.lua");
    return made;
}

#define SHOT "$F shot --size 400x320 $T/film.trace "

static void numbered_files_are_moments(void) {
    make_trace();
    command_gives(0, "mkdir -p $T/frames && " SHOT "--from 10us --to 50us --every 20us -o $T/frames/a%%02d.png && "
                     SHOT "--from 10us --to 50us --every 20us -o $T/frames/b%%d.svg && " SHOT "--to 20us --every 20us -o $T/frames/100%%%%d.pdf");
    char *names = output_of("cd $T/frames && LC_ALL=C ls");
    check_text("files", "100%1.pdf\n100%2.pdf\na01.png\na02.png\na03.png\nb1.svg\nb2.svg\nb3.svg\n", names);
    free(names);
    command_gives(0, "cd $T/frames && ! cmp -s a01.png a02.png && " SHOT "--from 10us --to 50us --every 20us -o c%%d.png && cmp a02.png c2.png");
}

/* An encoder that writes down how it was called, and how many bytes came. */
static const char pretender[] = "#!/bin/sh\necho \"$@\" >\"$T/called\"\nwc -c >\"$T/bytes\"\n";

static void a_film_is_pixels_for_ffmpeg(void) {
    make_trace();
    command_gives(0, "mkdir -p $T/bin");
    check_write(temp_path("bin/ffmpeg"), pretender, sizeof pretender - 1);
    command_gives(0, "chmod +x $T/bin/ffmpeg && PATH=$T/bin:$PATH " SHOT "--to 90us --every 10us --fps 24 -o $T/x:y.mp4");
    char *called = output_of("cat $T/called"), *bytes = output_of("cat $T/bytes");
    CU_ASSERT_EQUAL(atol(bytes), 400l * 320 * 4 * 10);
    CU_ASSERT_PTR_NOT_NULL(strstr(called, "-s 400x320 -r 24 -i -"));
    CU_ASSERT_PTR_NOT_NULL(strstr(called, "file:"));
    free(called);
    free(bytes);
    /* one that ends before it has all */
    static const char deaf[] = "#!/bin/sh\nexec <&-\necho no >&2\nexit 3\n";
    check_write(temp_path("bin/ffmpeg"), deaf, sizeof deaf - 1);
    Result r = command("PATH=$T/bin:$PATH " SHOT "--to 90us --every 10us -o $T/x.webm");
    CU_ASSERT_EQUAL(r.status, 4);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "ffmpeg could not write"));
    result_free(&r);
}

static void without_ffmpeg_it_says_what_to_do(void) {
    make_trace();
    Result r = command("mkdir -p $T/empty && PATH=$T/empty " SHOT "--to 90us --every 10us -o $T/none.mp4");
    CU_ASSERT_EQUAL(r.status, 4);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "apt-get install ffmpeg"));
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "frames/%06d.png"));
    CU_ASSERT_NOT_EQUAL(access(temp_path("none.mp4"), F_OK), 0);
    result_free(&r);
}

/* The real one, where it is. */
static void a_film_has_its_pictures(void) {
    make_trace();
    Result r = command("command -v ffmpeg && command -v ffprobe");
    int status = r.status;
    result_free(&r);
    if (status != 0) {
        check_skip("no ffmpeg");
        return;
    }
    command_gives(0, "$F shot --size 401x321 $T/film.trace --to 90us --every 10us -o $T/run.mp4 && "
                     "$F shot --size 401x321 $T/film.trace --to 90us --every 10us -o $T/run.webm");
    char *about = output_of("for f in mp4 webm; do ffprobe -v error -count_frames -show_entries stream=width,height,nb_read_frames "
                            "-of csv=p=0 $T/run.$f; done");
    check_text("both films", "402,322,10\n402,322,10\n", about);
    free(about);
}

void film_tests(void) {
    static const Check checks[] = {
        {"numbered files are moments", numbered_files_are_moments},
        {"a film is pixels for ffmpeg", a_film_is_pixels_for_ffmpeg},
        {"without ffmpeg it says what to do", without_ffmpeg_it_says_what_to_do},
        {"a film has its pictures", a_film_has_its_pictures},
        {NULL, NULL},
    };
    suite("films", checks);
}
