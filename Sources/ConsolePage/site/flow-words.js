// What the flow says about its agents, in words.

export function titleOf(node) {
  return node.kind === "closing" ? "Summary" : node.name;
}

/** The state of a node, as flow-state.js has it; empty for one that has done nothing yet. */
export function stateWords(state) {
  return {
    writing: "writing…",
    waiting: "waiting to speak",
    speaking: "speaking",
    spoken: "spoken",
    interrupted: "interrupted",
    skipped: "skipped",
    unheard: "not heard",
    written: "written",
  }[state] ?? "";
}

export function voiceWords(node) {
  if (!node.speaks) return "silent, in writing";
  if (!node.voice) return "";
  const parts = /^[a-z]{2,3}-([A-Z]{2})-(.+?)(Neural)?$/.exec(node.voice);
  return parts ? `${parts[2]} (${parts[1]})` : shortened(node.voice, 24);
}

export function shortened(text, length) {
  return text.length <= length ? text : `${text.slice(0, length - 1).trimEnd()}…`;
}

/** The graph in one sentence a node, for those who don't see it. */
export function flowWords(graph) {
  const nameOf = new Map(graph.nodes.map((node) => [node.id, titleOf(node)]));
  const sentences = graph.nodes.map((node) => {
    const after = graph.edges.filter((line) => line.to === node.id).map((line) => nameOf.get(line.from)).filter(Boolean);
    return after.length === 0 ? `${titleOf(node)} begins` : `${titleOf(node)} follows ${after.join(" and ")}`;
  });
  return `Flow of agents. ${sentences.join(". ")}.`;
}
