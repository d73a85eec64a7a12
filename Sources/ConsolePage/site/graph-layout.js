// Where the nodes of the flow graph stand: pure geometry, layer by layer from top to bottom.

export const nodeWidth = 150;
export const nodeHeight = 62;
const gapX = 12;
const gapY = 46;
const groupGap = 26;
const titleHeight = 24;
const margin = 6;

/** A node's layer: one below the lowest of its parents. Edges that would close a cycle are not followed twice. */
export function layersOf(nodes, edges) {
  const parents = new Map(nodes.map((node) => [node.id, []]));
  for (const edge of edges) {
    if (parents.has(edge.to) && parents.has(edge.from)) parents.get(edge.to).push(edge.from);
  }
  const layer = new Map();
  const open = new Set();
  const depth = (id) => {
    if (layer.has(id)) return layer.get(id);
    if (open.has(id)) return -1;
    open.add(id);
    const value = 1 + Math.max(-1, ...parents.get(id).map(depth));
    open.delete(id);
    layer.set(id, value);
    return value;
  };
  nodes.forEach((node) => depth(node.id));
  const layers = [];
  for (const node of nodes) (layers[layer.get(node.id)] ??= []).push(node);
  return layers.filter(Boolean);
}

/**
 * The edges without those that say nothing new: an edge from a to c goes when another way leads from a to c. An edge with
 * a condition stays.
 */
export function reduced(edges) {
  const after = new Map();
  for (const { from, to } of edges) after.set(from, [...(after.get(from) ?? []), to]);
  const leads = (from, to, seen) => {
    if (from === to) return true;
    if (seen.has(from)) return false;
    seen.add(from);
    return (after.get(from) ?? []).some((next) => leads(next, to, seen));
  };
  return edges.filter(({ from, to, label }) => {
    if (label) return true;
    return !after.get(from).some((next) => next !== to && next !== from && leads(next, to, new Set([from])));
  });
}

/** Puts each layer in the order of its nodes' parents, which keeps most edges from crossing. */
function ordered(layers, edges) {
  const place = new Map();
  return layers.map((nodes) => {
    const middle = (node) => {
      const above = edges.filter((edge) => edge.to === node.id && place.has(edge.from)).map((edge) => place.get(edge.from));
      return above.length === 0 ? 0 : above.reduce((sum, value) => sum + value, 0) / above.length;
    };
    const sorted = nodes.map((node, i) => ({ node, i, key: middle(node) }));
    sorted.sort((a, b) => a.key - b.key || a.i - b.i);
    const result = sorted.map((item) => item.node);
    result.forEach((node, i) => place.set(node.id, i - (result.length - 1) / 2));
    return result;
  });
}

/**
 * Lays out `graph` (`{nodes, edges}` as the server gives them). Returns `{width, height, boxes, groups, lines}`:
 * boxes have `{node, x, y}` of the upper left corner, groups `{title, x, y, width, height}`, lines
 * `{edge, path, middle: {x, y}}` with the place of the label.
 */
export function layOut(graph) {
  const names = [...new Set(graph.nodes.map((node) => node.super_agent ?? null))];
  const blocks = names.map((name) => {
    const nodes = graph.nodes.filter((node) => (node.super_agent ?? null) === name);
    const inside = new Set(nodes.map((node) => node.id));
    const edges = graph.edges.filter((edge) => inside.has(edge.from) && inside.has(edge.to));
    return { name, layers: ordered(layersOf(nodes, edges), edges) };
  });
  const columns = Math.max(1, ...blocks.flatMap((block) => block.layers.map((layer) => layer.length)));
  const width = columns * nodeWidth + (columns - 1) * gapX + 4 * margin;
  const boxes = [];
  const groups = [];
  let y = margin;
  for (const block of blocks) {
    const top = y;
    y += block.name === null ? margin : titleHeight + margin;
    for (const layer of block.layers) {
      const span = layer.length * nodeWidth + (layer.length - 1) * gapX;
      layer.forEach((node, i) => boxes.push({ node, x: (width - span) / 2 + i * (nodeWidth + gapX), y }));
      y += nodeHeight + gapY;
    }
    y += 2 * margin - gapY;
    if (block.name !== null) groups.push({ title: block.name, x: margin, y: top, width: width - 2 * margin, height: y - top });
    y += groupGap;
  }
  const boxOf = new Map(boxes.map((box) => [box.node.id, box]));
  const lines = reduced(graph.edges)
    .filter((edge) => boxOf.has(edge.from) && boxOf.has(edge.to))
    .map((edge) => ({ edge, ...lineBetween(boxOf.get(edge.from), boxOf.get(edge.to)) }));
  return { width, height: Math.max(y - groupGap + margin, 2 * margin), boxes, groups, lines };
}

function lineBetween(from, to) {
  const x1 = from.x + nodeWidth / 2;
  const y1 = from.y + nodeHeight;
  const x2 = to.x + nodeWidth / 2;
  const y2 = to.y;
  if (y2 > y1) {
    const bend = (y2 - y1) / 2;
    const path = `M${x1} ${y1}C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2 - 5}`;
    // Nearer to where it leads, so that the labels of two branches keep apart.
    return { path, middle: { x: 0.3 * x1 + 0.7 * x2, y: 0.45 * y1 + 0.55 * y2 } };
  }
  // Back to an earlier layer (a loop): around the side.
  const side = Math.max(from.x, to.x) + nodeWidth + gapX / 2;
  const yFrom = from.y + nodeHeight / 2;
  const yTo = to.y + nodeHeight / 2;
  const path = `M${from.x + nodeWidth} ${yFrom}C${side} ${yFrom} ${side} ${yTo} ${to.x + nodeWidth + 5} ${yTo}`;
  return { path, middle: { x: side, y: (yFrom + yTo) / 2 } };
}
