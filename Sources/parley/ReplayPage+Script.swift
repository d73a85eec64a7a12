extension ReplayPage {
    /// Draws the chart and follows pointer and keys.
    static let script = """
        'use strict';
        const data = JSON.parse(document.getElementById('data').textContent);
        const svg = document.getElementById('chart'), readout = document.getElementById('readout');
        const runs = data.runs, end = Math.max(1, ...runs.map(r => r.timeline.end));
        const left = 104, right = 14;
        const agents = [...new Set(runs.flatMap(r => r.timeline.agents.map(a => a.agent)))];
        let from = 0, to = end, cursor = null, width = 1200;
        const clock = t => t.toFixed(2) + ' s';
        const x = t => left + (t - from) / (to - from) * (width - left - right);
        const time = px => from + (px - left) / (width - left - right) * (to - from);
        const tint = name => `var(--a${agents.indexOf(name) % 4})`;
        function put(parent, name, attributes, text) {
          const node = document.createElementNS('http://www.w3.org/2000/svg', name);
          for (const key in attributes) node.setAttribute(key, attributes[key]);
          if (text !== undefined) node.textContent = text;
          parent.appendChild(node);
          return node;
        }
        // The index of the last moment that is not after `t`.
        function at(times, t) {
          let low = 0, high = times.length;
          while (low < high) { const middle = (low + high) >> 1; if (times[middle] <= t) low = middle + 1; else high = middle; }
          return low - 1;
        }
        const within = (spans, t) => spans.find(s => s.from <= t && t < s.to);
        // At most one point a pixel: the highest.
        function columns(track) {
          const points = [];
          let i = Math.max(0, at(track.times, from)), column = -1;
          for (; i < track.times.length && track.times[i] <= to; i++) {
            const px = Math.round(x(track.times[i]));
            if (px === column) { const last = points[points.length - 1]; last[1] = Math.max(last[1], track.values[i]); }
            else { points.push([px, track.values[i]]); column = px; }
          }
          return points.filter(p => p[0] >= left && p[0] <= width - right);
        }
        function area(parent, track, top, height, most, colour) {
          const points = columns(track);
          if (!points.length) return;
          const y = v => top + height - Math.min(v / most, 1) * height;
          const line = points.map(p => p[0] + ',' + y(p[1]).toFixed(1)).join(' ');
          put(parent, 'polygon', { points: `${points[0][0]},${top + height} ${line} ${points[points.length - 1][0]},${top + height}`,
            fill: colour, 'fill-opacity': .22 });
          put(parent, 'polyline', { points: line, fill: 'none', stroke: colour, 'stroke-width': 1.3 });
        }
        function spans(parent, list, top, height, fill, label) {
          for (const s of list) {
            if (s.to < from || s.from > to) continue;
            const a = Math.max(left, x(s.from)), b = Math.min(width - right, x(s.to));
            put(parent, 'rect', { x: a, y: top, width: Math.max(b - a, 1), height, fill: fill(s), rx: label ? 3 : 0 });
            const fits = Math.floor((b - a - 8) / 6.4);
            if (label && fits > 3) {
              const text = label(s);
              put(parent, 'text', { x: a + 4, y: top + height / 2 + 4, class: 'block' },
                text.length > fits ? text.slice(0, fits - 1) + '…' : text);
            }
          }
        }
        function lane(parent, name, top, height) {
          put(parent, 'text', { x: 10, y: top + height / 2 + 4, class: 'quiet' }, name);
          put(parent, 'line', { x1: left, x2: width - right, y1: top + height, y2: top + height, stroke: 'var(--line)' });
        }
        const marks = { paused: ['❚❚', 'var(--stop)'], resumed: ['▶', 'var(--go)'], interrupted: ['✕', 'var(--stop)'],
          unknown: ['?', 'var(--unknown)'], turn: ['⏎', 'var(--quiet)'] };
        function drawRun(run, top) {
          const t = run.timeline, g = put(svg, 'g', {}), body = top + 46;
          put(g, 'text', { x: 10, y: top + 14, class: 'run' }, run.name);
          const hasGate = t.window > 0, height = hasGate ? 168 : 118;
          spans(g, t.lockouts, body, height, () => 'var(--lock)');
          spans(g, t.graces, body, height, () => 'var(--grace)');
          lane(g, 'caller', body, 22); lane(g, 'agents', body + 26, 22);
          spans(g, t.caller, body + 1, 20, () => 'var(--caller)');
          for (const s of t.caller) {
            const fits = Math.floor((x(s.to) - x(s.from) - 8) / 6.4);
            if (fits > 3 && s.from >= from && s.to <= to)
              put(g, 'text', { x: x(s.from) + 4, y: body + 15, style: 'fill: var(--panel)' },
                s.text.length > fits ? s.text.slice(0, fits - 1) + '…' : s.text);
          }
          spans(g, t.agents, body + 27, 20, s => tint(s.agent), s => s.text || s.agent);
          lane(g, 'speech', body + 54, 58);
          area(g, t.probability, body + 56, 56, 1, 'var(--speech)');
          const level = body + 56 + 56 * (1 - t.speechProbability);
          put(g, 'line', { x1: left, x2: width - right, y1: level, y2: level, stroke: 'var(--speech)', 'stroke-dasharray': '5 4' });
          put(g, 'text', { x: left - 6, y: level + 4, 'text-anchor': 'end', class: 'quiet' }, t.speechProbability);
          if (hasGate) {
            const most = Math.max(t.threshold * 1.25, 4);
            lane(g, 'frames', body + 118, 46);
            area(g, t.positives, body + 120, 44, most, 'var(--count)');
            const y = body + 120 + 44 * (1 - t.threshold / most);
            put(g, 'line', { x1: left, x2: width - right, y1: y, y2: y, stroke: 'var(--count)', 'stroke-dasharray': '5 4' });
            put(g, 'text', { x: left - 6, y: y + 4, 'text-anchor': 'end', class: 'quiet' }, t.threshold);
          }
          let free = [-99, -99];
          for (const m of t.marks) {
            if (m.at < from || m.at > to) continue;
            const [sign, colour] = marks[m.kind] || ['•', 'var(--ink)'], px = x(m.at);
            const row = px - free[0] > 15 ? 0 : 1;
            free[row] = px;
            put(g, 'line', { x1: px, x2: px, y1: top + 40, y2: body + height, stroke: colour,
              'stroke-dasharray': m.kind === 'turn' ? '2 4' : 'none', 'stroke-width': m.kind === 'turn' ? 1 : 1.5 });
            const label = put(g, 'text', { x: px, y: top + 36 - row * 15, 'text-anchor': 'middle', style: `fill: ${colour}` }, sign);
            put(label, 'title', {}, clock(m.at) + ' ' + m.text);
          }
          return body + height + 14;
        }
        function draw() {
          svg.replaceChildren();
          width = Math.max(760, svg.clientWidth || 1200);
          let top = 8;
          if (data.wave.times.length) {
            put(svg, 'text', { x: 10, y: top + 30, class: 'quiet' }, 'microphone');
            for (const [px, v] of columns(data.wave)) {
              const h = Math.max(1, v * 48);
              put(svg, 'rect', { x: px, y: top + 26 - h / 2, width: 1, height: h, fill: 'var(--quiet)' });
            }
            top += 58;
          }
          for (const run of runs) top = drawRun(run, top);
          const steps = [.1, .2, .5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600];
          const step = steps.find(s => (to - from) / s <= (width - left) / 80) || 1200;
          put(svg, 'line', { x1: left, x2: width - right, y1: top, y2: top, stroke: 'var(--quiet)' });
          for (let t = Math.ceil(from / step) * step; t <= to + 1e-6; t += step) {
            put(svg, 'line', { x1: x(t), x2: x(t), y1: top, y2: top + 5, stroke: 'var(--quiet)' });
            put(svg, 'text', { x: x(t), y: top + 19, 'text-anchor': 'middle', class: 'quiet' }, +t.toFixed(1) + ' s');
          }
          svg.setAttribute('height', top + 28);
          svg.setAttribute('viewBox', `0 0 ${width} ${top + 28}`);
          put(svg, 'line', { id: 'cursor', y1: 4, y2: top + 5, stroke: 'var(--ink)', visibility: 'hidden' });
          point(cursor);
        }
        function point(t) {
          cursor = t;
          const line = document.getElementById('cursor');
          if (t === null || t < from || t > to) { line.setAttribute('visibility', 'hidden'); return; }
          line.setAttribute('visibility', 'visible');
          line.setAttribute('x1', x(t)); line.setAttribute('x2', x(t));
          readout.replaceChildren();
          const head = document.createElement('div'); head.textContent = clock(t); readout.appendChild(head);
          for (const run of runs) {
            const l = run.timeline, p = at(l.probability.times, t), n = at(l.positives.times, t), parts = [];
            if (p >= 0) parts.push('speech probability ' + l.probability.values[p].toFixed(2));
            if (n >= 0 && l.window) parts.push(`${l.positives.values[n]} positive frames of ${l.window}; ${l.threshold} interrupt`);
            if (within(l.lockouts, t)) parts.push('lockout');
            if (within(l.graces, t)) parts.push('grace period');
            const caller = within(l.caller, t), agent = within(l.agents, t);
            if (caller) parts.push('caller: “' + caller.text + '”');
            if (agent) parts.push(agent.agent + ': “' + agent.text.trim() + '”');
            const near = l.marks.filter(m => Math.abs(m.at - t) < (to - from) / 200).map(m => m.text);
            const row = document.createElement('div'), name = document.createElement('b');
            name.className = 'who'; name.textContent = run.name + ' '; row.append(name, parts.concat(near).join(' · '));
            readout.appendChild(row);
          }
        }
        function zoom(factor, centre) {
          const span = Math.min(end, Math.max(.5, (to - from) * factor)), share = (centre - from) / (to - from);
          from = Math.max(0, Math.min(end - span, centre - share * span)); to = from + span; draw();
        }
        function shift(by) { const span = to - from; from = Math.max(0, Math.min(end - span, from + by)); to = from + span; draw(); }
        function go(t) {
          t = Math.max(0, Math.min(end, t));
          if (t < from || t > to) { const span = to - from; from = Math.max(0, Math.min(end - span, t - span / 2)); to = from + span; draw(); }
          point(t);
        }
        const middle = () => cursor !== null && cursor >= from && cursor <= to ? cursor : (from + to) / 2;
        const stops = [...new Set(runs.flatMap(r => r.timeline.marks.map(m => m.at)))].sort((a, b) => a - b);
        const keys = {
          ArrowLeft: e => go(e.shiftKey ? stops.filter(t => t < middle() - .001).pop() ?? 0 : middle() - (to - from) / 100),
          ArrowRight: e => go(e.shiftKey ? stops.find(t => t > middle() + .001) ?? end : middle() + (to - from) / 100),
          Home: () => go(0), End: () => go(end), '+': () => zoom(.5, middle()), '=': () => zoom(.5, middle()),
          '-': () => zoom(2, middle()), '0': () => { from = 0; to = end; draw(); },
        };
        svg.addEventListener('keydown', e => { if (keys[e.key]) { keys[e.key](e); e.preventDefault(); } });
        let grip = null;
        svg.addEventListener('pointerdown', e => { grip = e.offsetX; svg.setPointerCapture(e.pointerId); });
        svg.addEventListener('pointerup', () => { grip = null; });
        svg.addEventListener('pointermove', e => {
          if (grip !== null) { shift((grip - e.offsetX) / (width - left - right) * (to - from)); grip = e.offsetX; }
          point(Math.max(0, Math.min(end, time(e.offsetX))));
        });
        svg.addEventListener('wheel', e => {
          if (e.ctrlKey) zoom(e.deltaY > 0 ? 1.25 : .8, time(e.offsetX));
          else if (e.deltaX) shift(e.deltaX / width * (to - from)); else return;
          e.preventDefault();
        }, { passive: false });
        for (const [id, act] of [['in', () => zoom(.5, middle())], ['out', () => zoom(2, middle())], ['all', keys['0']]])
          document.getElementById(id).addEventListener('click', act);
        for (const row of document.querySelectorAll('tr[data-t]')) {
          row.tabIndex = 0;
          const jump = () => go(+row.dataset.t);
          row.addEventListener('click', jump);
          row.addEventListener('keydown', e => { if (e.key === 'Enter') jump(); });
        }
        for (const name of agents) {
          const key = document.createElement('span'), colour = document.createElement('i');
          key.className = 'key'; colour.style.background = tint(name); key.append(colour, name);
          document.getElementById('keys').before(key);
        }
        addEventListener('resize', draw);
        draw();
        """
}
