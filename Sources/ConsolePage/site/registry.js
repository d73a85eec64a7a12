// What the server says about its projects, over HTTP.

async function getJSON(path) {
  const response = await fetch(path, { headers: { Accept: "application/json" }, cache: "no-store" });
  if (!response.ok) throw new Error(`the server answered ${response.status} for ${path}`);
  return response.json();
}

/** The projects, as `[{name, version, default}]`. */
export async function fetchProjects() {
  const { projects } = await getJSON("/api/projects");
  if (!Array.isArray(projects)) throw new Error("the server sent no list of projects");
  return projects;
}

/** The flow graph of a project, as `{name, orchestrator, nodes, edges}`. */
export async function fetchGraph(project) {
  const graph = await getJSON(`/api/projects/${encodeURIComponent(project)}/graph`);
  if (!Array.isArray(graph.nodes) || !Array.isArray(graph.edges)) throw new Error(`the server sent no graph of ${project}`);
  return graph;
}
