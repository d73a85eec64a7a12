// Embeds the files of site/ as they are: no build step stands between them and the browser.
#include "ConsolePage.h"

#include <string.h>

static const unsigned char app_js[] = {
#embed "site/app.js"
};
static const unsigned char bridge_js[] = {
#embed "site/bridge.js"
};
static const unsigned char capture_worklet_js[] = {
#embed "site/capture-worklet.js"
};
static const unsigned char capture_js[] = {
#embed "site/capture.js"
};
static const unsigned char controls_js[] = {
#embed "site/controls.js"
};
static const unsigned char conversation_js[] = {
#embed "site/conversation.js"
};
static const unsigned char elements_js[] = {
#embed "site/elements.js"
};
static const unsigned char graph_layout_js[] = {
#embed "site/graph-layout.js"
};
static const unsigned char graph_view_js[] = {
#embed "site/graph-view.js"
};
static const unsigned char icon_svg[] = {
#embed "site/icon.svg"
};
static const unsigned char index_html[] = {
#embed "site/index.html"
};
static const unsigned char notices_js[] = {
#embed "site/notices.js"
};
static const unsigned char observer_js[] = {
#embed "site/observer.js"
};
static const unsigned char pcm_js[] = {
#embed "site/pcm.js"
};
static const unsigned char playback_js[] = {
#embed "site/playback.js"
};
static const unsigned char registry_js[] = {
#embed "site/registry.js"
};
static const unsigned char ribbon_js[] = {
#embed "site/ribbon.js"
};
static const unsigned char schedule_js[] = {
#embed "site/schedule.js"
};
static const unsigned char state_js[] = {
#embed "site/state.js"
};
static const unsigned char style_css[] = {
#embed "site/style.css"
};
static const unsigned char transcript_view_js[] = {
#embed "site/transcript-view.js"
};
static const unsigned char transcript_js[] = {
#embed "site/transcript.js"
};
static const unsigned char voices_js[] = {
#embed "site/voices.js"
};
static const unsigned char words_js[] = {
#embed "site/words.js"
};

#define HTML "text/html; charset=utf-8"
#define CSS "text/css; charset=utf-8"
#define SCRIPT "text/javascript; charset=utf-8"
#define IMAGE "image/svg+xml"
#define FILE_AT(path, type, name) {path, type, name, sizeof name}

static const struct console_page_file files[] = {
    FILE_AT("/", HTML, index_html),
    FILE_AT("/app.js", SCRIPT, app_js),
    FILE_AT("/bridge.js", SCRIPT, bridge_js),
    FILE_AT("/capture-worklet.js", SCRIPT, capture_worklet_js),
    FILE_AT("/capture.js", SCRIPT, capture_js),
    FILE_AT("/controls.js", SCRIPT, controls_js),
    FILE_AT("/conversation.js", SCRIPT, conversation_js),
    FILE_AT("/elements.js", SCRIPT, elements_js),
    FILE_AT("/graph-layout.js", SCRIPT, graph_layout_js),
    FILE_AT("/graph-view.js", SCRIPT, graph_view_js),
    FILE_AT("/icon.svg", IMAGE, icon_svg),
    FILE_AT("/index.html", HTML, index_html),
    FILE_AT("/notices.js", SCRIPT, notices_js),
    FILE_AT("/observer.js", SCRIPT, observer_js),
    FILE_AT("/pcm.js", SCRIPT, pcm_js),
    FILE_AT("/playback.js", SCRIPT, playback_js),
    FILE_AT("/registry.js", SCRIPT, registry_js),
    FILE_AT("/ribbon.js", SCRIPT, ribbon_js),
    FILE_AT("/schedule.js", SCRIPT, schedule_js),
    FILE_AT("/state.js", SCRIPT, state_js),
    FILE_AT("/style.css", CSS, style_css),
    FILE_AT("/transcript-view.js", SCRIPT, transcript_view_js),
    FILE_AT("/transcript.js", SCRIPT, transcript_js),
    FILE_AT("/voices.js", SCRIPT, voices_js),
    FILE_AT("/words.js", SCRIPT, words_js),
};

const struct console_page_file *console_page_files(void) { return files; }

size_t console_page_count(void) { return sizeof files / sizeof files[0]; }

const struct console_page_file *console_page_find(const char *path) {
    for (size_t i = 0; i < console_page_count(); i += 1) {
        if (strcmp(files[i].path, path) == 0) return &files[i];
    }
    return NULL;
}
