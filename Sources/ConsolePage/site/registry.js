// What the server says about its projects, over HTTP. Its paths lie beside the page, wherever a proxy has put that.

async function getJSON(path) {
  const response = await fetch(path, { headers: { Accept: "application/json" }, cache: "no-store" });
  if (!response.ok) throw new Error(`the server answered ${response.status} for ${path}`);
  return response.json();
}

/** The projects, as `{projects: [{name, version, default}], broken: [{name, version, errors}]}`; `broken` have errors. */
export async function fetchProjects() {
  const { projects, broken = [] } = await getJSON("api/projects");
  if (!Array.isArray(projects) || !Array.isArray(broken)) throw new Error("the server sent no list of projects");
  return { projects, broken };
}

/** The flow graph of a project, as `{name, orchestrator, nodes, edges}`. */
export async function fetchGraph(project) {
  const graph = await getJSON(`api/projects/${encodeURIComponent(project)}/graph`);
  if (!Array.isArray(graph.nodes) || !Array.isArray(graph.edges)) throw new Error(`the server sent no graph of ${project}`);
  return graph;
}

/** A project as `{name, version, vad_enabled, language, silence_duration_ms, examples, agents}`. */
export function fetchProject(project) {
  return getJSON(`api/projects/${encodeURIComponent(project)}`);
}

/** Why no conversation could be had, as a sentence; what the script of a page cannot learn from a broken handshake. */
export async function whyUnreachable() {
  try {
    const { status } = await fetch("readyz", { cache: "no-store" });
    if (status === 503) return "The server takes no conversations now.";
    if (status === 200) return "The server answers, but no WebSocket gets through. A proxy in between may not pass them on.";
    return `The server can’t be reached: something in between answers ${status}.`;
  } catch {
    return "The server can’t be reached.";
  }
}
