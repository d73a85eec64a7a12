// The page itself: gives the conversation its views, and the controls their meaning.
import { bridgeAddress } from "./bridge.js";
import { Controls } from "./controls.js";
import { Conversation } from "./conversation.js";
import { byId, html } from "./elements.js";
import { EventLog } from "./event-log.js";
import { EventView } from "./event-view.js";
import { statesOf } from "./flow-state.js";
import { FlowView } from "./flow-view.js";
import { Notices } from "./notices.js";
import { makeTap, publish } from "./observer.js";
import { Panel } from "./panel.js";
import { ProjectChoice } from "./projects.js";
import { RecordTools } from "./record-tools.js";
import { whyUnreachable } from "./registry.js";
import { Ribbon } from "./ribbon.js";
import { Ring } from "./ring.js";
import { SoundSettings } from "./sound.js";
import { TranscriptView } from "./transcript-view.js";
import { Tuning } from "./tuning.js";
import { TurnView } from "./turn-view.js";
import { Voices } from "./voices.js";
import { showWelcome } from "./welcome.js";
import * as words from "./words.js";

const voices = new Voices();
const notices = new Notices(byId("notices"));
const flowView = new FlowView({ place: byId("graph"), voices });
const turnView = new TurnView({ list: byId("turns"), empty: byId("turns-empty") });
const transcriptView = new TranscriptView({
  list: byId("transcript"),
  log: byId("announcements"),
  jump: byId("jump"),
  voices,
});
const log = new EventLog();
const eventView = new EventView({
  log,
  parts: {
    list: byId("events"),
    filter: byId("events-filter"),
    count: byId("events-count"),
    copy: byId("events-copy"),
    clear: byId("events-clear"),
  },
  told: (what) => notices.show(what, { key: "copied" }),
});
const ribbon = new Ribbon({
  canvas: byId("ribbon"),
  read: () => {
    const { speaker, level } = conversation.playback;
    const hue = speaker === null ? null : voices.hueOf(speaker);
    const { session, quiet } = conversation.state;
    const isTraced = panel?.seen === "panel-settings";
    return { agents: level, speaker, hue, isQuiet: quiet !== null, vad: session?.vad ?? null, isTraced };
  },
});
const ring = new Ring({
  circle: byId("ring"),
  seconds: byId("status-wait"),
  read: () => ({ quiet: conversation.state.quiet, silenceMilliseconds: projects.about?.silence_duration_ms ?? 0 }),
});
const eventCounts = new Map();
const tap = makeTap();
const address = () => bridgeAddress(document.baseURI, projects.name);
let panel = null;
let before = null; // the state that was shown last
let firstAudio = ""; // of the turn that is being answered, in words

const conversation = new Conversation(
  {
    stateChanged: () => show(conversation.state),
    entry(entry) {
      const { entries } = conversation.transcript;
      byId("welcome").hidden = entries.length > 0;
      recordTools.show(entries.length > 0);
      transcriptView.show(entry);
    },
    event(event) {
      // The types come from outside: what is counted stays bounded.
      if (eventCounts.has(event.type) || eventCounts.size < 64) {
        eventCounts.set(event.type, (eventCounts.get(event.type) ?? 0) + 1);
      }
      note("server", event);
      showEvent(event);
    },
    sent: (message) => note("page", message),
    callerLevel: (level) => ribbon.heard(conversation.state.isMuted ? 0 : level),
    interrupted: () => ribbon.mark(),
    connected() {
      const { session } = conversation.state;
      notices.dismiss("connection");
      notices.dismiss("error");
      notices.dismiss("version");
      showFallbacks([session.fallbacks ?? []].flat().map(words.fallbackWords).filter(Boolean));
      if (session.stand_ins === true) notices.show(words.standInWords, { key: "stand-ins", stays: true });
      else notices.dismiss("stand-ins");
      tuning.begin(session.vad ?? null);
      byId("version").textContent = words.versionWords(session.version);
      projects.refresh();
    },
    closed({ code, words: why, retryInMilliseconds, wasOpen }) {
      controls.waitFor(retryInMilliseconds);
      notices.dismiss("draining");
      // An `error` event has said why already; and a retry that failed is not why the connection ended.
      const isKnown = notices.has("error") || (code === 1006 && notices.has("connection"));
      if (!isKnown) {
        showConnection(why);
        // A handshake that fails says nothing to a page; what the server answers otherwise may.
        if (code === 1006 && !wasOpen) whyUnreachable().then((words) => notices.has("connection") && showConnection(words));
      }
      controls.show();
    },
    notice: (text, options) => notices.show(text, options),
    noMicrophone(why) {
      notices.show(why, { key: "microphone", stays: true });
      controls.focusText();
    },
    speaks: (role) => projects.graph?.nodes.find((node) => node.name === role)?.speaks ?? true,
  },
  tap,
);

const controls = new Controls({ conversation, address, notices });
const tuning = new Tuning({ place: byId("tuning"), tune: (vad) => conversation.tune(vad) });
const sound = new SoundSettings({ conversation, failed: (why) => notices.show(why, { key: "loudspeaker" }) });
const recordTools = new RecordTools({
  read: () => ({
    project: projects.name ?? "parley",
    version: conversation.state.session?.version ?? projects.savedVersion,
    entries: conversation.transcript.entries,
  }),
  told: (what) => notices.show(what, { key: "record" }),
});
const projects = new ProjectChoice({
  versionInUse: () => versionInUse(),
  listed: showProjects,
  described() {
    const { graph, about } = projects;
    voices.reset([...new Set(graph.nodes.map((node) => node.name))]);
    flowView.draw(graph);
    conversation.showFlow(graph.nodes);
    byId("silence-length").textContent = words.silenceWords(about?.silence_duration_ms);
    showWelcome({ about, graph, voices, ask: (question) => conversation.type(question, address()) });
  },
  failed(key, why, again) {
    if (why === null) notices.dismiss(key);
    else notices.show(why, { key, kind: "problem", stays: again !== null, action: again && { label: "Try again", run: again } });
  },
});
panel = new Panel(showPanel);

/** Brings all views in line with the state. */
function show(state) {
  if (state.flow !== before?.flow) flowView.show(statesOf(state.flow));
  if (state.quiet !== before?.quiet) ring.look();
  if (before?.turn === "hearing" && (state.turn === "understood" || state.turn === "answering")) ribbon.turnEnded();
  if (state.turns !== before?.turns && panel.seen === "panel-turn") turnView.show(state.turns);
  const isConnected = state.connection === "open";
  if (state.session?.vad !== before?.session?.vad || state.connection !== before?.connection) {
    tuning.show(state.session?.vad ?? null, isConnected);
  }
  if (state.microphone === "open" && before?.microphone === "asking") sound.refresh();
  byId("status").dataset.hue = state.speaker === null ? "caller" : voices.hueOf(state.speaker);
  if (isConnected || state.microphone === "open" || state.microphone === "held") ribbon.start();
  else ribbon.stop();
  before = state;
  controls.show();
}

function showPanel(seen) {
  eventView.isShown = seen === "panel-events";
  document.body.dataset.traced = seen === "panel-settings";
  if (seen === "panel-turn") turnView.show(conversation.state.turns);
}

function note(from, message) {
  log.add(from, message, Date.now());
  eventView.changed();
}

function showEvent(event) {
  switch (event.type) {
    case "vad.frame":
      ribbon.judged(event);
      break;
    case "response.audio.delta":
      ribbon.fed();
      break;
    case "turn.metrics":
      firstAudio = words.metricsWords(event) ?? firstAudio;
      byId("metrics").textContent = firstAudio;
      break;
    case "turn.usage": {
      const facts = [firstAudio, words.usageWords(event)].filter(Boolean);
      firstAudio = "";
      if (facts.length > 0) byId("metrics").textContent = facts.join(" · ");
      break;
    }
    case "warning":
      notices.show(words.warningWords(event), { key: `warning ${event.code}` });
      // What a slider asked for was refused: it goes back to what is in force.
      if (event.in_reply_to?.type === "session.update") tuning.show(conversation.state.session?.vad ?? null, true);
      break;
    case "server.draining":
      notices.show(words.drainingWords(event), { key: "draining", stays: true });
      break;
    case "error":
      notices.show(event.message ?? event.error ?? "The server ended the conversation with an error.", {
        key: "error",
        kind: "problem",
        stays: true,
        action: { label: "Reconnect", run: () => (notices.dismiss("error"), conversation.bridge.reconnect()) },
      });
      break;
    default:
      break;
  }
}

function showConnection(why) {
  notices.show(why, {
    key: "connection",
    kind: "problem",
    stays: true,
    action: { label: "Reconnect", run: () => conversation.bridge.reconnect() },
  });
}

function showFallbacks(lines) {
  const different = [...new Set(lines)];
  byId("fallbacks").hidden = different.length === 0;
  byId("fallbacks-count").textContent =
    different.length === 1 ? "A local engine stands in" : `Local engines stand in (${different.length})`;
  byId("fallbacks-list").replaceChildren(...different.map((line) => html("li", {}, line)));
}

/** The version that a conversation goes on with, or null. */
function versionInUse() {
  const { connection, session } = conversation.state;
  return connection === "open" && session.project === projects.name ? (session.version ?? null) : null;
}

let brokenShown = "";

/** Once for the same errors: who has dismissed them knows. */
function showBroken(broken) {
  const text = broken.map(words.brokenWords).join(" ");
  if (text === brokenShown) return;
  brokenShown = text;
  if (text === "") notices.dismiss("broken");
  else notices.show(text, { key: "broken", kind: "problem", stays: true });
}

function showProjects(list, name, broken) {
  showBroken(broken);
  const select = byId("project");
  const names = list.map((item) => item.name);
  const shown = [...select.options].map((option) => option.value);
  // An open list that is made anew would close.
  if (names.join("\n") !== shown.join("\n")) select.replaceChildren(...names.map((item) => html("option", { value: item }, item)));
  if (name !== null) select.value = name;
  select.hidden = names.length < 2;
  byId("project-name").hidden = names.length >= 2;
  byId("project-name").textContent = name ?? "no project yet";
  const inUse = versionInUse();
  byId("version").textContent = words.versionWords(inUse ?? projects.savedVersion);
  if (inUse !== null && projects.savedVersion > inUse) announceVersion(name, projects.savedVersion);
}

let announced = "";

/** Once a version: who has dismissed it knows. */
function announceVersion(name, version) {
  if (announced === `${name} ${version}`) return;
  announced = `${name} ${version}`;
  const restart = () => {
    const hadMicrophone = conversation.state.microphone === "open";
    conversation.stop();
    projects.refresh();
    if (hadMicrophone) conversation.start(address());
    else notices.dismiss("version");
  };
  notices.show(words.newVersionWords(name, version), {
    key: "version",
    stays: true,
    action: { label: "Restart", run: restart },
  });
}

byId("project").addEventListener("change", () => {
  conversation.stop();
  showFallbacks([]);
  for (const key of ["stand-ins", "version", "draining"]) notices.dismiss(key);
  byId("metrics").textContent = "";
  projects.choose(byId("project").value);
  byId("version").textContent = words.versionWords(projects.savedVersion);
});

publish({ conversation, flowView, ribbon, notices, tap, eventCounts, log });
// On a phone the list would leave no room for the flow.
byId("fallbacks").open = matchMedia("(min-width: 60rem)").matches;
show(conversation.state);
projects.refresh();
