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
static const unsigned char devices_js[] = {
#embed "site/devices.js"
};
static const unsigned char elements_js[] = {
#embed "site/elements.js"
};
static const unsigned char event_log_js[] = {
#embed "site/event-log.js"
};
static const unsigned char event_view_js[] = {
#embed "site/event-view.js"
};
static const unsigned char flow_list_js[] = {
#embed "site/flow-list.js"
};
static const unsigned char flow_state_js[] = {
#embed "site/flow-state.js"
};
static const unsigned char flow_view_js[] = {
#embed "site/flow-view.js"
};
static const unsigned char flow_words_js[] = {
#embed "site/flow-words.js"
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
static const unsigned char line_js[] = {
#embed "site/line.js"
};
static const unsigned char markdown_js[] = {
#embed "site/markdown.js"
};
static const unsigned char narrow_css[] = {
#embed "site/narrow.css"
};
static const unsigned char notices_js[] = {
#embed "site/notices.js"
};
static const unsigned char observer_js[] = {
#embed "site/observer.js"
};
static const unsigned char panel_css[] = {
#embed "site/panel.css"
};
static const unsigned char panel_js[] = {
#embed "site/panel.js"
};
static const unsigned char pcm_js[] = {
#embed "site/pcm.js"
};
static const unsigned char playback_js[] = {
#embed "site/playback.js"
};
static const unsigned char preferences_js[] = {
#embed "site/preferences.js"
};
static const unsigned char projects_js[] = {
#embed "site/projects.js"
};
static const unsigned char quiet_js[] = {
#embed "site/quiet.js"
};
static const unsigned char record_file_js[] = {
#embed "site/record-file.js"
};
static const unsigned char record_tools_js[] = {
#embed "site/record-tools.js"
};
static const unsigned char registry_js[] = {
#embed "site/registry.js"
};
static const unsigned char ribbon_shades_js[] = {
#embed "site/ribbon-shades.js"
};
static const unsigned char ribbon_js[] = {
#embed "site/ribbon.js"
};
static const unsigned char ring_js[] = {
#embed "site/ring.js"
};
static const unsigned char schedule_js[] = {
#embed "site/schedule.js"
};
static const unsigned char share_js[] = {
#embed "site/share.js"
};
static const unsigned char sound_js[] = {
#embed "site/sound.js"
};
static const unsigned char state_js[] = {
#embed "site/state.js"
};
static const unsigned char style_css[] = {
#embed "site/style.css"
};
static const unsigned char tabs_js[] = {
#embed "site/tabs.js"
};
static const unsigned char transcript_view_js[] = {
#embed "site/transcript-view.js"
};
static const unsigned char transcript_js[] = {
#embed "site/transcript.js"
};
static const unsigned char tuning_js[] = {
#embed "site/tuning.js"
};
static const unsigned char turn_view_js[] = {
#embed "site/turn-view.js"
};
static const unsigned char turns_js[] = {
#embed "site/turns.js"
};
static const unsigned char voices_js[] = {
#embed "site/voices.js"
};
static const unsigned char welcome_js[] = {
#embed "site/welcome.js"
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
    FILE_AT("/devices.js", SCRIPT, devices_js),
    FILE_AT("/elements.js", SCRIPT, elements_js),
    FILE_AT("/event-log.js", SCRIPT, event_log_js),
    FILE_AT("/event-view.js", SCRIPT, event_view_js),
    FILE_AT("/flow-list.js", SCRIPT, flow_list_js),
    FILE_AT("/flow-state.js", SCRIPT, flow_state_js),
    FILE_AT("/flow-view.js", SCRIPT, flow_view_js),
    FILE_AT("/flow-words.js", SCRIPT, flow_words_js),
    FILE_AT("/graph-layout.js", SCRIPT, graph_layout_js),
    FILE_AT("/graph-view.js", SCRIPT, graph_view_js),
    FILE_AT("/icon.svg", IMAGE, icon_svg),
    FILE_AT("/index.html", HTML, index_html),
    FILE_AT("/line.js", SCRIPT, line_js),
    FILE_AT("/markdown.js", SCRIPT, markdown_js),
    FILE_AT("/narrow.css", CSS, narrow_css),
    FILE_AT("/notices.js", SCRIPT, notices_js),
    FILE_AT("/observer.js", SCRIPT, observer_js),
    FILE_AT("/panel.css", CSS, panel_css),
    FILE_AT("/panel.js", SCRIPT, panel_js),
    FILE_AT("/pcm.js", SCRIPT, pcm_js),
    FILE_AT("/playback.js", SCRIPT, playback_js),
    FILE_AT("/preferences.js", SCRIPT, preferences_js),
    FILE_AT("/projects.js", SCRIPT, projects_js),
    FILE_AT("/quiet.js", SCRIPT, quiet_js),
    FILE_AT("/record-file.js", SCRIPT, record_file_js),
    FILE_AT("/record-tools.js", SCRIPT, record_tools_js),
    FILE_AT("/registry.js", SCRIPT, registry_js),
    FILE_AT("/ribbon-shades.js", SCRIPT, ribbon_shades_js),
    FILE_AT("/ribbon.js", SCRIPT, ribbon_js),
    FILE_AT("/ring.js", SCRIPT, ring_js),
    FILE_AT("/schedule.js", SCRIPT, schedule_js),
    FILE_AT("/share.js", SCRIPT, share_js),
    FILE_AT("/sound.js", SCRIPT, sound_js),
    FILE_AT("/state.js", SCRIPT, state_js),
    FILE_AT("/style.css", CSS, style_css),
    FILE_AT("/tabs.js", SCRIPT, tabs_js),
    FILE_AT("/transcript-view.js", SCRIPT, transcript_view_js),
    FILE_AT("/transcript.js", SCRIPT, transcript_js),
    FILE_AT("/tuning.js", SCRIPT, tuning_js),
    FILE_AT("/turn-view.js", SCRIPT, turn_view_js),
    FILE_AT("/turns.js", SCRIPT, turns_js),
    FILE_AT("/voices.js", SCRIPT, voices_js),
    FILE_AT("/welcome.js", SCRIPT, welcome_js),
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
