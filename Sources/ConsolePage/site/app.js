// The page itself: gives the conversation its view, and the controls their meaning.
import { bridgeAddress } from "./bridge.js";
import { Controls } from "./controls.js";
import { Conversation } from "./conversation.js";
import { byId, html } from "./elements.js";
import { GraphView } from "./graph-view.js";
import { Notices } from "./notices.js";
import { makeTap, publish } from "./observer.js";
import { fetchGraph, fetchProjects } from "./registry.js";
import { Ribbon } from "./ribbon.js";
import { TranscriptView } from "./transcript-view.js";
import { Voices } from "./voices.js";
import {
  drainingWords,
  fallbackWords,
  metricsWords,
  standInWords,
  usageWords,
  versionWords,
  warningWords,
} from "./words.js";

const voices = new Voices();
const notices = new Notices(byId("notices"));
const graphView = new GraphView({ place: byId("graph"), voices });
const transcriptView = new TranscriptView({ list: byId("transcript"), log: byId("announcements"), voices });
const ribbon = new Ribbon({
  canvas: byId("ribbon"),
  read: () => {
    const { speaker, level } = conversation.playback;
    return { agents: level, hue: speaker === null ? null : voices.hueOf(speaker) };
  },
});
const eventCounts = new Map();
const tap = makeTap();
let project = null; // null: the server's default
let graph = null;
let firstAudio = ""; // of the turn that is being answered, in words

const conversation = new Conversation(
  {
    stateChanged() {
      const { connection, microphone, speaker } = conversation.state;
      graphView.speaking(speaker);
      byId("status").dataset.hue = speaker === null ? "caller" : voices.hueOf(speaker);
      if (connection === "open" || microphone === "open" || microphone === "held") ribbon.start();
      else ribbon.stop();
      controls.show();
    },
    entry(entry) {
      byId("welcome").hidden = conversation.transcript?.entries.length > 0;
      transcriptView.show(entry);
    },
    event(event) {
      // The types come from outside: what is counted stays bounded.
      if (eventCounts.has(event.type) || eventCounts.size < 64) {
        eventCounts.set(event.type, (eventCounts.get(event.type) ?? 0) + 1);
      }
      showEvent(event);
    },
    callerLevel: (level) => ribbon.heard(level),
    interrupted: () => ribbon.mark(),
    connected() {
      notices.dismiss("connection");
      notices.dismiss("error");
      const fallbacks = [conversation.session.fallbacks ?? []].flat().map(fallbackWords).filter(Boolean);
      if (fallbacks.length > 0) showFallbacks([...new Set(fallbacks)]);
      else byId("fallbacks").hidden = true;
      if (conversation.session.stand_ins === true) notices.show(standInWords, { key: "stand-ins", stays: true });
      else notices.dismiss("stand-ins");
      byId("version").textContent = versionWords(conversation.session);
      refresh();
    },
    closed({ code, words, retryInMilliseconds }) {
      graphView.reset();
      controls.waitFor(retryInMilliseconds);
      notices.dismiss("draining");
      // An `error` event has said why already; and a retry that failed is not why the connection ended.
      const isKnown = notices.has("error") || (code === 1006 && notices.has("connection"));
      if (!isKnown) {
        notices.show(words, {
          key: "connection",
          kind: "problem",
          stays: true,
          action: { label: "Reconnect", run: () => conversation.bridge.reconnect() },
        });
      }
      controls.show();
    },
    notice: (text, options) => notices.show(text, options),
    noMicrophone(words) {
      notices.show(words, { key: "microphone", stays: true });
      controls.focusText();
    },
    speaks: (role) => graph?.nodes.find((node) => node.name === role)?.speaks ?? true,
  },
  tap,
);

const controls = new Controls({ conversation, address: () => bridgeAddress(location, project), notices });

function showEvent(event) {
  switch (event.type) {
    case "response.created":
      graphView.reset();
      graphView.speaking(conversation.state.speaker);
      break;
    case "agent.started":
      graphView.started(event.agent, event.node);
      break;
    case "agent.finished":
      graphView.finished(event.agent, event.node);
      break;
    case "response.paused":
    case "response.interrupted":
    case "response.done":
      graphView.stop();
      break;
    case "turn.metrics":
      firstAudio = metricsWords(event) ?? firstAudio;
      byId("metrics").textContent = firstAudio;
      break;
    case "turn.usage": {
      const words = [firstAudio, usageWords(event)].filter(Boolean);
      firstAudio = "";
      if (words.length > 0) byId("metrics").textContent = words.join(" · ");
      break;
    }
    case "warning":
      notices.show(warningWords(event), { key: `warning ${event.code}` });
      break;
    case "server.draining":
      notices.show(drainingWords(event), { key: "draining", stays: true });
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

function showFallbacks(lines) {
  byId("fallbacks").hidden = false;
  byId("fallbacks-count").textContent =
    lines.length === 1 ? "A local engine stands in" : `Local engines stand in (${lines.length})`;
  byId("fallbacks-list").replaceChildren(...lines.map((line) => html("li", {}, line)));
}

/** Fetches the projects and the graph of the chosen one; whatever fails is said, and the rest goes on. */
async function refresh() {
  try {
    showProjects(await fetchProjects());
    notices.dismiss("projects");
  } catch (problem) {
    notices.show(`The projects can’t be listed: ${problem.message}.`, {
      key: "projects",
      kind: "problem",
      stays: true,
      action: { label: "Try again", run: refresh },
    });
    return;
  }
  if (project !== null) await showGraph(project);
}

function showProjects(projects) {
  const chosen = projects.find((item) => item.name === project) ?? projects.find((item) => item.default) ?? projects[0];
  project = chosen?.name ?? null;
  const options = projects.map((item) =>
    html("option", { value: item.name, selected: item.name === project }, item.name),
  );
  byId("project").replaceChildren(...options);
  byId("project").hidden = projects.length < 2;
  byId("project-name").hidden = projects.length >= 2;
  byId("project-name").textContent = project ?? "no project yet";
}

async function showGraph(name) {
  let fetched;
  try {
    fetched = await fetchGraph(name);
  } catch (problem) {
    notices.show(`The flow graph can’t be shown: ${problem.message}.`, { key: "graph" });
    return;
  }
  // Another project may have been chosen meanwhile; the same graph again needs no new drawing.
  if (name !== project || JSON.stringify(fetched) === JSON.stringify(graph)) return;
  graph = fetched;
  voices.reset([...new Set(graph.nodes.map((node) => node.name))]);
  graphView.draw(graph);
  showAgents();
}

function showAgents() {
  const rows = graph.nodes
    .filter((node) => node.kind !== "closing")
    .map((node) =>
      html(
        "li",
        { "data-hue": voices.hueOf(node.name) },
        html("strong", {}, node.name),
        html("span", {}, node.description || "No description."),
      ),
    );
  byId("agents").replaceChildren(...rows);
}

byId("project").addEventListener("change", () => {
  conversation.stop();
  conversation.transcript.clear();
  byId("fallbacks").hidden = true;
  byId("metrics").textContent = "";
  byId("version").textContent = "";
  project = byId("project").value;
  showGraph(project);
});

publish({ conversation, graphView, notices, tap, eventCounts });
// On a phone the graph would push the conversation out of sight.
const isDesk = matchMedia("(min-width: 60rem)").matches;
byId("flow").open = isDesk;
byId("fallbacks").open = isDesk;
controls.show();
refresh();
