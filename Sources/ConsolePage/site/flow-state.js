// How far each agent of the flow is with the answer: pure, (flow, event) → flow.
//
// The states of a node: idle → writing → waiting (written, its turn to speak has not come) → speaking → spoken.
// Others end as interrupted (heard in part), skipped, unheard, or, without a voice, written.

export const initialFlow = Object.freeze({ nodes: [], facts: {}, speaker: null, isPlaying: false, isDone: false, cut: null });

const untouched = { started: false, finished: false, heard: false, skipped: false };

/** Returns the flow after `event`; `nodes` of a `graph` event are the server's: `{id, name, speaks}`. */
export function nextFlow(flow, event) {
  switch (event.type) {
    case "graph":
      return { ...initialFlow, nodes: event.nodes };
    case "session.created":
      return { ...initialFlow, nodes: flow.nodes };
    case "response.created":
      return { ...flow, facts: {}, isDone: false, cut: null };
    case "agent.started":
      return note(flow, idsOf(flow, event.agent, event.node), { ...untouched, started: true });
    case "agent.finished":
      return note(flow, idsOf(flow, event.agent, event.node), { finished: true });
    case "speaker":
      return speaking(flow, event.role);
    case "playback":
      return { ...flow, isPlaying: event.isPlaying };
    case "skipped":
      return note(flow, idsOf(flow, event.role, null), { skipped: true });
    case "response.interrupted":
      return { ...flow, speaker: null, cut: event.role ?? "" };
    case "response.done":
      return { ...flow, isDone: true, cut: flow.cut ?? (event.status === "cancelled" ? (flow.speaker ?? "") : null) };
    case "disconnected":
    case "abandoned":
      return { ...flow, speaker: null, cut: flow.cut ?? flow.speaker ?? "" };
    default:
      return flow;
  }
}

/** The state of every node by its id. */
export function statesOf(flow) {
  return Object.fromEntries(flow.nodes.map((node) => [node.id, stateOf(flow, node)]));
}

function stateOf(flow, node) {
  const facts = flow.facts[node.id] ?? untouched;
  const isWorking = facts.started || facts.finished;
  // An agent may stand in several places; the one that is at work speaks.
  const isAlone = !flow.nodes.some((other) => other.name === node.name && flow.facts[other.id]?.started);
  if (flow.speaker === node.name && (isWorking || isAlone)) return "speaking";
  if (!isWorking) return "idle";
  if (facts.skipped) return "skipped";
  const isOver = flow.cut !== null || (flow.isDone && !flow.isPlaying);
  if (!isOver && !facts.finished) return "writing";
  if (node.speaks === false) return facts.finished ? "written" : "interrupted";
  if (facts.heard) return flow.cut === node.name || (isOver && !facts.finished) ? "interrupted" : "spoken";
  return isOver ? "unheard" : "waiting";
}

function speaking(flow, role) {
  const named = idsOf(flow, role, null);
  const working = named.filter((id) => flow.facts[id]?.started);
  return { ...note(flow, working.length > 0 ? working : named, { heard: true }), speaker: role };
}

function note(flow, ids, fields) {
  const changed = ids.map((id) => [id, { ...untouched, ...flow.facts[id], ...fields }]);
  return changed.length === 0 ? flow : { ...flow, facts: { ...flow.facts, ...Object.fromEntries(changed) } };
}

function idsOf(flow, agent, node) {
  if (node && flow.nodes.some((item) => item.id === node)) return [node];
  return flow.nodes.filter((item) => item.name === agent).map((item) => item.id);
}
