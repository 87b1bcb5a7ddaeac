"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const byId = (id) => document.getElementById(id);
  const canvas = byId("picture");
  const pen = canvas.getContext("2d");
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const OPEN_AT = 64; // a cluster that is wider on the screen shows what is in it
  const LINKS_UP_TO = 150; // more nodes are arranged by modules at first
  const FORCE_UP_TO = 700;
  const MANY = 80; // more nodes are too many to show all of them around a focus
  const LABEL = 260; // the widest label
  const MOST_LINES = 300; // between modules; those of what is selected are all drawn

  // The tree of what contains what ---------------------------------------------------------------

  const nodes = data.nodes.map((row, index) => ({
    index, id: row[0], title: readable(row[0]), type: data.nodeTypes[row[1]], name: row[2], path: row[3], line: row[4], end: row[5],
    signature: row[6], parent: row[7], metrics: row[8], ghost: row[9] === 1, children: [], links: [],
    x: 0, y: 0, r: 5, fx: 0, fy: 0,
  }));
  // An id such as <**PyList**>.append begins with a builtin type.
  function readable(id) {
    return id.replace(/<\*\*Py(\w)(\w*)\*\*>/g, (all, first, rest) => first.toLowerCase() + rest);
  }
  const roots = [];
  for (const node of nodes) {
    if (node.parent >= 0) nodes[node.parent].children.push(node);
    else roots.push(node);
  }
  const edges = data.edges.map((row) => ({
    source: nodes[row[0]], target: nodes[row[1]], type: data.edgeTypes[row[2]], kindNumber: row[2], line: row[3], kind: row[4], how: row[5],
  }));
  for (const edge of edges) {
    edge.source.links.push(edge);
    if (edge.target !== edge.source) edge.target.links.push(edge);
  }
  const focus = new Set(data.focus.map((index) => nodes[index]));
  const aroundFocus = new Set(); // what holds a node of it
  for (const node of focus) for (let here = node.parent; here >= 0; here = nodes[here].parent) aroundFocus.add(nodes[here]);
  const real = nodes.filter((node) => !node.ghost);
  const small = real.length <= LINKS_UP_TO;
  const few = real.length <= 60;
  // Variables come with the references to them: without these they have no link.
  const shownTypes = new Set(data.nodeTypes.filter((type) => few || (type !== "Import" && type !== "Variable")));
  const isShown = (node) => shownTypes.has(node.type) || focus.has(node);
  const shownEdges = new Set(data.edgeTypes.filter((type) => type !== "contains" && (few || type !== "references")));

  // A label tells a node from all others, where need be by what holds it: `Client.close`.
  const spelled = (text) => text.replace(/\p{C}/gu, (sign) => `\\u{${sign.codePointAt(0).toString(16)}}`);
  let unlike = real;
  for (let parts = 1; unlike.length && parts < 6; parts++) {
    const known = new Map();
    for (const node of unlike) {
      const before = node.title.split(".").slice(-parts, -1);
      node.label = spelled([...before, node.name].join("."));
      known.set(node.label, (known.get(node.label) || 0) + 1);
    }
    unlike = unlike.filter((node) => known.get(node.label) > 1);
  }

  // Arranging by modules: circles in circles -----------------------------------------------------

  const outerFirst = roots.slice();
  for (let next = 0; next < outerFirst.length; next++) outerFirst.push(...outerFirst[next].children);

  function arrangeTree() {
    for (const node of outerFirst.slice().reverse()) {
      const shown = node.children.filter(takesPart);
      const own = Math.min(13, 4 + Math.sqrt(Math.max(0, node.end - node.line)) * 0.55);
      node.r = shown.length ? Math.max(own, pack(shown) + 5) : own;
    }
    const top = roots.filter(takesPart);
    pack(top);
    for (const node of top) place(node, node.x, node.y);
  }

  function takesPart(node) {
    return isShown(node) || node.children.some(takesPart);
  }

  function place(node, x, y) {
    const waiting = [[node, x, y]];
    while (waiting.length) {
      const [here, left, top] = waiting.pop();
      here.x = left;
      here.y = top;
      for (const child of here.children) waiting.push([child, left + child.x, top + child.y]);
    }
  }

  // Place the largest first, each at the first free point of a spiral; return the radius of all.
  function pack(items) {
    const gap = 2.5;
    const sorted = items.slice().sort((a, b) => b.r - a.r || a.index - b.index);
    const cell = 2 * sorted[sorted.length >> 1].r + gap;
    const grid = new Map();
    const touching = (x, y, r, act) => {
      const [left, right] = [Math.floor((x - r) / cell), Math.floor((x + r) / cell)];
      const [top, bottom] = [Math.floor((y - r) / cell), Math.floor((y + r) / cell)];
      for (let i = left; i <= right; i++) {
        for (let j = top; j <= bottom; j++) if (act(i * 65536 + j)) return true;
      }
      return false;
    };
    const isTaken = (x, y, r) => touching(x, y, r + gap, (key) => {
      for (const other of grid.get(key) || []) {
        const least = r + other.r + gap;
        if ((x - other.x) ** 2 + (y - other.y) ** 2 < least * least) return true;
      }
      return false;
    });
    let turn = 0;
    let last = Infinity;
    for (const item of sorted) {
      if (item.r < last * 0.85) { turn = 0; last = item.r; }
      for (;; turn++) {
        const away = last * 0.33 * Math.sqrt(turn);
        item.x = away * Math.cos(turn * 2.399963);
        item.y = away * Math.sin(turn * 2.399963);
        if (!isTaken(item.x, item.y, item.r)) break;
      }
      touching(item.x, item.y, item.r, (key) => {
        if (grid.has(key)) grid.get(key).push(item);
        else grid.set(key, [item]);
      });
    }
    // The smallest circle around all, near enough: step towards the farthest, ever less.
    let x = 0;
    let y = 0;
    let radius = 0;
    for (let round = 0; round < 200; round++) {
      let most = null;
      radius = 0;
      for (const item of items) {
        const away = Math.hypot(item.x - x, item.y - y) + item.r;
        if (away > radius) { radius = away; most = item; }
      }
      x += (most.x - x) / (round + 2);
      y += (most.y - y) / (round + 2);
    }
    radius = 0;
    for (const item of items) {
      item.x -= x;
      item.y -= y;
      radius = Math.max(radius, Math.hypot(item.x, item.y) + item.r);
    }
    return radius;
  }

  // Arranging by links: forces, from the same start to the same end ------------------------------

  function arrangeLinks() {
    const items = real.filter(isShown);
    const count = items.length;
    if (!count) return;
    const reach = 70 * Math.sqrt(count);
    for (const node of items) node.joins = 1;
    items.forEach((node, index) => {
      const angle = index * 2.399963;
      const away = reach * 0.5 * Math.sqrt((index + 0.5) / count);
      node.fx = away * Math.cos(angle);
      node.fy = away * Math.sin(angle);
    });
    const seen = new Set();
    const springs = [];
    for (const edge of edges) {
      const pair = `${edge.source.index},${edge.target.index}`;
      const isDrawn = isShown(edge.source) && isShown(edge.target);
      if (edge.source !== edge.target && isDrawn && !seen.has(pair)) {
        seen.add(pair);
        springs.push([edge.source, edge.target, edge.type === "contains" ? 0.5 : 1]);
        edge.source.joins += 1;
        edge.target.joins += 1;
      }
    }
    const wish = 95;
    const rounds = count > 300 ? 180 : 400;
    for (let round = 0; round < rounds; round++) {
      const heat = (wish * 0.9) * (1 - round / rounds) ** 1.5 + 0.3;
      for (const node of items) { node.dx = -node.fx * 0.012; node.dy = -node.fy * 0.02; }
      for (let i = 0; i < count; i++) {
        const a = items[i];
        for (let j = i + 1; j < count; j++) {
          const b = items[j];
          let x = a.fx - b.fx;
          let y = (a.fy - b.fy) * 1.6; // labels are wide: keep rows apart
          const square = x * x + y * y + 0.01;
          if (square > reach * reach) continue;
          const push = (wish * wish) / square;
          x *= push * 0.6; y *= push * 0.6;
          a.dx += x; a.dy += y; b.dx -= x; b.dy -= y;
        }
      }
      for (const [a, b, strength] of springs) {
        const x = b.fx - a.fx;
        const y = b.fy - a.fy;
        const away = Math.hypot(x, y) || 0.1;
        const pull = (strength * away) / wish / Math.sqrt(a.joins * b.joins); // hubs hold their many loosely
        a.dx += x * pull; a.dy += y * pull; b.dx -= x * pull; b.dy -= y * pull;
      }
      for (const node of items) {
        const length = Math.hypot(node.dx, node.dy) || 1;
        const step = Math.min(length, heat) / length;
        node.fx += node.dx * step;
        node.fy += node.dy * step;
      }
    }
  }

  // What is seen ---------------------------------------------------------------------------------

  const state = { links: small, x: 0, y: 0, zoom: 1, selected: null, over: null, forced: new Map(), moved: false };
  const size = { width: 0, height: 0 };
  let visible = [];
  let joined = [];
  let seenBefore = "";

  const at = (node) => (state.links ? [node.fx, node.fy] : [node.x, node.y]);
  const screen = (x, y) => [(x - state.x) * state.zoom + size.width / 2, (y - state.y) * state.zoom + size.height / 2];
  const radius = (node) => (state.links ? 6 + Math.min(8, Math.sqrt(node.links.length)) : node.r * state.zoom);
  const isOpen = (node) => {
    if (!node.children.some(takesPart)) return false;
    const forced = state.forced.get(node);
    return forced === undefined ? node.r * state.zoom > OPEN_AT && isNear(node) : forced;
  };
  // In sight or half a screen away: what is further stays closed and costs nothing.
  const isNear = (node) => {
    const [x, y] = screen(node.x, node.y);
    const r = node.r * state.zoom;
    const [side, above] = [size.width / 2, size.height / 2];
    return x + r > -side && x - r < size.width + side && y + r > -above && y - r < size.height + above;
  };

  function look() {
    visible = [];
    if (state.links) {
      visible = real.filter(isShown);
    } else {
      const waiting = roots.filter(takesPart).reverse();
      while (waiting.length) {
        const node = waiting.pop();
        visible.push(node);
        if (isOpen(node)) for (const child of node.children) if (takesPart(child)) waiting.push(child);
      }
    }
    const now = visible.map((node) => node.index).join() + [...shownEdges].join();
    if (now === seenBefore) return;
    seenBefore = now;
    joined = bundled();
  }

  // The links between what is seen: those of hidden contents are those of what holds them.
  function bundled() {
    const drawn = new Set(visible);
    const stands = new Array(nodes.length).fill(null);
    for (const node of outerFirst) stands[node.index] = drawn.has(node) ? node : node.parent >= 0 ? stands[node.parent] : null;
    const bundles = new Map();
    for (const edge of edges) {
      if (!shownEdges.has(edge.type)) continue;
      const a = stands[edge.source.index];
      const b = stands[edge.target.index];
      if (!a || !b || a === b || !isShown(edge.source) || !isShown(edge.target)) continue;
      const key = (a.index * nodes.length + b.index) * 8 + edge.kindNumber;
      const bundle = bundles.get(key);
      if (bundle) bundle.count += 1;
      else bundles.set(key, { source: a, target: b, type: edge.type, count: 1 });
    }
    return [...bundles.values()].filter((one) => !holds(one.source, one.target) && !holds(one.target, one.source))
      .sort((a, b) => a.count - b.count);
  }

  function holds(outer, inner) {
    for (let here = inner; here.parent >= 0;) {
      here = nodes[here.parent];
      if (here === outer) return !state.links;
    }
    return false;
  }

  // Drawing ----------------------------------------------------------------------------------------

  let colours = {};
  function readColours() {
    const style = getComputedStyle(document.documentElement);
    const names = ["paper", "panel", "ink", "soft", "line", "mark", "hit", "focus", "cluster", ...data.nodeTypes, ...data.edgeTypes];
    colours = Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
  }

  let asked = false;
  function redraw() {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => { asked = false; draw(); });
  }

  // What is seen of the selected node: itself, or the closed cluster that it is in.
  let picked = null;
  function standingFor(node) {
    while (node && !visible.includes(node)) node = node.parent >= 0 ? nodes[node.parent] : null;
    return node;
  }

  const DASHES = { imports: [6, 4], references: [2, 3] };
  function draw() {
    look();
    const ratio = devicePixelRatio || 1;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, size.width, size.height);
    picked = standingFor(state.selected);
    const near = nearSelected();
    const inView = visible.filter(onScreen);
    for (const node of inView) if (isCluster(node)) drawCluster(node, near);
    drawEdges(near);
    for (const node of inView) if (!isCluster(node)) drawNode(node, near);
    drawLabels(inView, near);
  }

  const isCluster = (node) => !state.links && isOpen(node);

  function onScreen(node) {
    const [x, y] = screen(...at(node));
    const r = radius(node) + 4;
    return x + r > 0 && y + r > 0 && x - r < size.width && y - r < size.height;
  }

  // What the selected or hovered node is joined to: all else steps back.
  function nearSelected() {
    const chosen = picked || state.over;
    if (!chosen) return null;
    const near = new Set([chosen]);
    for (const bundle of joined) {
      if (bundle.source === chosen || holds(chosen, bundle.source)) near.add(bundle.target).add(bundle.source);
      if (bundle.target === chosen || holds(chosen, bundle.target)) near.add(bundle.source).add(bundle.target);
    }
    return near;
  }

  const touches = (bundle, chosen) => [bundle.source, bundle.target].some((end) => end === chosen || holds(chosen, end));

  function drawCluster(node, near) {
    const [x, y] = screen(...at(node));
    pen.beginPath();
    pen.arc(x, y, radius(node), 0, 7);
    pen.fillStyle = colours.cluster;
    pen.fill();
    pen.lineWidth = node === picked ? 2.5 : 1;
    pen.strokeStyle = node === picked ? colours.hit : node === state.over ? colours.mark : colours.line;
    pen.stroke();
    if (focus.has(node)) ring(x, y, radius(node));
  }

  function drawEdges(near) {
    const chosen = picked || state.over;
    const crowd = Math.max(0.08, Math.min(0.55, 60 / Math.max(1, joined.length)));
    const first = state.links ? 0 : joined.length - MOST_LINES; // the heaviest come last
    const lights = joined.filter((bundle) => chosen ? touches(bundle, chosen) : focus.has(bundle.source) || focus.has(bundle.target));
    const glow = Math.max(0.35, Math.min(0.9, 60 / Math.max(1, lights.length)));
    const litOnes = new Set(lights.slice(-MOST_LINES));
    for (const [index, bundle] of joined.entries()) {
      const lit = litOnes.has(bundle);
      if (!lit && (index < first || chosen && index < first + MOST_LINES / 2)) continue;
      pen.globalAlpha = lit ? glow : chosen ? crowd * 0.25 : state.links ? Math.max(0.3, crowd) : Math.min(0.7, crowd + bundle.count / 300);
      drawEdge(bundle, lit);
    }
    pen.globalAlpha = 1;
    pen.setLineDash([]);
  }

  function drawEdge(bundle, lit) {
    const [ax, ay] = screen(...at(bundle.source));
    const [bx, by] = screen(...at(bundle.target));
    const length = Math.hypot(bx - ax, by - ay);
    const start = radius(bundle.source);
    const end = radius(bundle.target) + 2;
    const gap = length - start - end;
    if (gap < 0) return;
    if (Math.max(ax, bx) < 0 || Math.max(ay, by) < 0 || Math.min(ax, bx) > size.width || Math.min(ay, by) > size.height) return;
    // A slight bend to the left of the way, in the middle of what is seen of it, so that there and back are two lines.
    const bend = Math.min(40, gap * 0.12);
    const middle = (start + gap / 2) / length;
    const mx = ax + (bx - ax) * middle + ((by - ay) / length) * bend;
    const my = ay + (by - ay) * middle - ((bx - ax) / length) * bend;
    const out = Math.hypot(mx - ax, my - ay);
    const back = Math.hypot(mx - bx, my - by);
    const sx = ax + ((mx - ax) / out) * start;
    const sy = ay + ((my - ay) / out) * start;
    const tx = bx + ((mx - bx) / back) * end;
    const ty = by + ((my - by) / back) * end;
    const colour = colours[bundle.type];
    pen.strokeStyle = pen.fillStyle = colour;
    pen.lineWidth = Math.min(4, (bundle.type === "inherits" ? 1.8 : 1) + Math.log2(bundle.count) * 0.35) + (lit ? 0.6 : 0);
    pen.setLineDash(length < 3000 && DASHES[bundle.type] || []); // long dashes are slow to draw
    pen.beginPath();
    pen.moveTo(sx, sy);
    pen.quadraticCurveTo(mx, my, tx, ty);
    pen.stroke();
    if (!lit && !state.links && joined.length > 250) return;
    const angle = Math.atan2(ty - my, tx - mx);
    const wide = 5 + pen.lineWidth;
    pen.setLineDash([]);
    pen.beginPath();
    pen.moveTo(tx, ty);
    pen.lineTo(tx - wide * Math.cos(angle - 0.4), ty - wide * Math.sin(angle - 0.4));
    pen.lineTo(tx - wide * Math.cos(angle + 0.4), ty - wide * Math.sin(angle + 0.4));
    pen.fill();
  }

  function outline(own, type, x, y, r) {
    own.beginPath();
    if (state.links && type === "Module") own.roundRect(x - r, y - r * 0.8, 2 * r, 1.6 * r, r / 3);
    else if (state.links && type === "Class") {
      for (let corner = 0; corner < 6; corner++) {
        const angle = (corner * Math.PI) / 3;
        own.lineTo(x + r * Math.cos(angle), y + r * Math.sin(angle));
      }
      own.closePath();
    } else own.arc(x, y, r, 0, 7);
  }

  function drawNode(node, near) {
    const [x, y] = screen(...at(node));
    const r = Math.max(1.5, radius(node));
    const back = near && !near.has(node);
    const full = !state.links && node.children.some(takesPart);
    outline(pen, node.type, x, y, r);
    pen.fillStyle = colours.paper;
    pen.fill();
    pen.globalAlpha = (back ? 0.25 : 1) * (full ? 0.28 : node.type === "Import" ? 0.4 : 0.85);
    pen.fillStyle = colours[node.type];
    pen.fill();
    pen.globalAlpha = back ? 0.3 : 1;
    const chosen = node === picked;
    if (chosen || node === state.over || full || r > 9) {
      pen.lineWidth = chosen ? 3 : 1.2;
      pen.strokeStyle = chosen ? colours.hit : node === state.over ? colours.mark : colours[node.type];
      pen.stroke();
    }
    if (focus.has(node) || aroundFocus.has(node) && !state.links) ring(x, y, r);
    pen.globalAlpha = 1;
  }

  // A node of the focus, or the closed cluster that it is in.
  function ring(x, y, r) {
    pen.beginPath();
    pen.arc(x, y, r + 3.5, 0, 7);
    pen.lineWidth = 2.5;
    pen.strokeStyle = colours.focus;
    pen.stroke();
  }

  // The important first, and none over another.
  function drawLabels(inView, near) {
    const taken = [];
    const rank = (node) => (node === picked ? 1e9 : node === state.over ? 1e8 : focus.has(node) ? 1e7 : 0)
      + (near && near.has(node) ? 1e6 : 0) + radius(node) * (isCluster(node) ? 3 : 1);
    const order = inView.slice().sort((a, b) => rank(b) - rank(a) || a.index - b.index);
    for (const node of order.slice(0, 400)) {
      const r = radius(node);
      const marked = node === picked || node === state.over || (near ? near.has(node) : focus.has(node));
      if (!marked && !state.links && r < 13) continue;
      if (near && !near.has(node) && !isCluster(node)) continue;
      const [x, y] = screen(...at(node));
      const big = isCluster(node);
      pen.font = `${marked || big ? 600 : 400} ${big ? 12 : 11.5}px system-ui, sans-serif`;
      const inside = !big && !state.links && r > 24;
      let text = state.links ? node.label : node.name;
      const most = inside ? 2 * r - 8 : LABEL;
      if (pen.measureText(text).width > most) {
        if (inside && !marked) text = cut(text, most);
        else if (!inside) text = state.links && text !== node.name ? cutFront(text, most) : cut(text, most);
      }
      const wide = pen.measureText(text).width;
      const ringed = focus.has(node) ? 4 : 0;
      const left = state.links ? x + r + 4 + ringed : x - wide / 2;
      const base = big ? y - r + 14 : inside ? y + 4 : state.links ? y + 4 : y + r + 12 + ringed;
      const box = [left - 2, base - 11, left + wide + 2, base + 4];
      const hidden = taken.some((b) => b[0] < box[2] && box[0] < b[2] && b[1] < box[3] && box[1] < b[3]);
      if (hidden && !(node === picked || node === state.over)) continue;
      taken.push(box);
      pen.lineWidth = 3.5;
      pen.lineJoin = "round";
      pen.strokeStyle = colours.paper;
      pen.strokeText(text, left, base);
      pen.fillStyle = node === picked ? colours.hit : big ? colours.soft : colours.ink;
      pen.fillText(text, left, base);
      if (inside && node.children.length && r > 30) {
        pen.font = "400 10.5px system-ui, sans-serif";
        const count = String(countIn(node));
        pen.fillStyle = colours.soft;
        pen.fillText(count, x - pen.measureText(count).width / 2, base + 14);
      }
    }
  }

  function cut(text, most) {
    let end = text.length;
    while (end > 3 && pen.measureText(`${text.slice(0, end)}…`).width > most) end -= 1;
    return `${text.slice(0, end)}…`;
  }

  // What holds a name goes first, the name stays.
  function cutFront(text, most) {
    let begin = 0;
    while (begin < text.length - 3 && pen.measureText(`…${text.slice(begin)}`).width > most) begin += 1;
    return `…${text.slice(begin)}`;
  }

  function countIn(node) {
    if (node.total === undefined) node.total = node.children.reduce((sum, child) => sum + 1 + countIn(child), 0);
    return node.total;
  }

  // Moving -----------------------------------------------------------------------------------------

  // Show these in the largest part of the picture that no panel covers.
  function fit(items = visible, instantly = false) {
    look();
    const all = items.length ? items : visible;
    if (!all.length) return;
    pen.font = "600 11.5px system-ui, sans-serif";
    const boxes = all.map((node) => {
      const [x, y] = at(node);
      const right = state.links ? radius(node) + 10 + Math.min(LABEL, pen.measureText(node.label).width) : 0;
      return { x, y, r: state.links ? 0 : node.r, round: state.links ? radius(node) + 4 : 0, right };
    });
    const found = freeParts().map((part) => ({ part, zoom: largestZoom(boxes, part) }));
    const { part, zoom } = found.reduce((best, one) => (one.zoom > best.zoom * 1.05 ? one : best));
    const [left, top, right, bottom] = extent(boxes, zoom);
    const x = (left + right - part.left - part.right + size.width) / 2;
    const y = (top + bottom - part.top - part.bottom + size.height) / 2;
    goTo(x / zoom, y / zoom, zoom, instantly);
  }

  // What the boxes take on the screen: circles grow with the zoom, labels do not.
  function extent(boxes, zoom) {
    let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
    for (const box of boxes) {
      const [x, y, r] = [box.x * zoom, box.y * zoom, box.r * zoom];
      left = Math.min(left, x - r - box.round); right = Math.max(right, x + r + Math.max(box.round, box.right));
      top = Math.min(top, y - r - box.round); bottom = Math.max(bottom, y + r + box.round);
    }
    return [left, top, right, bottom];
  }

  function largestZoom(boxes, part) {
    let [low, high] = [0.005, state.links ? 1.6 : 40];
    for (let round = 0; round < 24; round++) {
      const zoom = Math.sqrt(low * high);
      const [left, top, right, bottom] = extent(boxes, zoom);
      if (right - left <= part.right - part.left && bottom - top <= part.bottom - part.top) low = zoom;
      else high = zoom;
    }
    return low;
  }

  // The parts of the picture beside, above and below its panels, the whole width first.
  function freeParts() {
    const gap = 16;
    const frame = canvas.getBoundingClientRect();
    let parts = [{ left: gap, top: gap, right: size.width - gap, bottom: size.height - gap }];
    for (const panel of [byId("details"), byId("filters")]) {
      const box = panel.getBoundingClientRect();
      if (!box.width || !box.height) continue;
      const [left, top] = [box.left - frame.left, box.top - frame.top];
      parts = parts.flatMap((part) => [
        { ...part, top: Math.max(part.top, top + box.height + gap) }, { ...part, bottom: Math.min(part.bottom, top - gap) },
        { ...part, left: Math.max(part.left, left + box.width + gap) }, { ...part, right: Math.min(part.right, left - gap) },
      ]).filter((part) => part.right - part.left > 40 && part.bottom - part.top > 40);
    }
    return parts.length ? parts : [{ left: 0, top: 0, right: size.width, bottom: size.height }];
  }

  let journey = 0;
  function goTo(x, y, zoom, instantly) {
    state.moved ||= !instantly;
    cancelAnimationFrame(journey);
    if (instantly || still.matches) {
      Object.assign(state, { x, y, zoom });
      redraw();
      return;
    }
    const from = { x: state.x, y: state.y, zoom: state.zoom };
    const begun = performance.now();
    const step = (now) => {
      const part = Math.min(1, (now - begun) / 280);
      const eased = part * (2 - part);
      state.zoom = from.zoom * (zoom / from.zoom) ** eased;
      state.x = from.x + (x - from.x) * eased;
      state.y = from.y + (y - from.y) * eased;
      redraw();
      if (part < 1) journey = requestAnimationFrame(step);
    };
    journey = requestAnimationFrame(step);
  }

  function zoomBy(factor, px = size.width / 2, py = size.height / 2) {
    state.moved = true;
    cancelAnimationFrame(journey);
    const zoom = Math.max(0.02, Math.min(60, state.zoom * factor));
    const x = (px - size.width / 2) / state.zoom + state.x;
    const y = (py - size.height / 2) / state.zoom + state.y;
    state.x = x - (px - size.width / 2) / zoom;
    state.y = y - (py - size.height / 2) / zoom;
    state.zoom = zoom;
    redraw();
  }

  function nodeAt(px, py) {
    for (let i = visible.length - 1; i >= 0; i--) {
      const node = visible[i];
      const [x, y] = screen(...at(node));
      if (Math.hypot(px - x, py - y) <= Math.max(5, radius(node))) {
        // The innermost: children come after their clusters, but not all of them in one run.
        let best = node;
        for (const other of visible) {
          const [ox, oy] = screen(...at(other));
          if (Math.hypot(px - ox, py - oy) <= Math.max(5, radius(other)) && radius(other) < radius(best)) best = other;
        }
        return best;
      }
    }
    return null;
  }

  // Details ------------------------------------------------------------------------------------------

  function element(name, text, properties = {}) {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    return Object.assign(made, properties);
  }

  function select(node, travel) {
    state.selected = node;
    const panel = byId("details");
    panel.replaceChildren();
    panel.hidden = !node;
    if (node) fillDetails(panel, node);
    try {
      history.replaceState(null, "", node ? `#${encodeURIComponent(node.id)}` : "#");
    } catch { /* some browsers refuse it to a page without an origin */ }
    if (node && travel) {
      if (!isShown(node)) { shownTypes.add(node.type); fillFilters(); arrange(); }
      for (let here = node.parent; here >= 0; here = nodes[here].parent) if (state.forced.get(nodes[here]) === false) state.forced.delete(nodes[here]);
      reveal(node);
    }
    redraw();
  }

  // An address that ends in `#` and a name opens with it.
  function selectNamed() {
    let name = "";
    try { name = decodeURIComponent(location.hash.slice(1)); } catch { /* not a name of ours */ }
    const node = name && real.find((one) => one.id === name);
    if (node && node !== state.selected) select(node, true);
    if (name && !node) sayUnknown(name);
  }

  function sayUnknown(name) {
    const panel = byId("details");
    panel.replaceChildren(closing(), element("h2", `${readable(name)} is not in this graph`));
    panel.append(element("p", "The search finds all names that are in it, by any part of them."));
    panel.hidden = false;
  }

  // What the page is about: its names in the panel, and the modules that hold them in sight.
  function showFocus(instantly) {
    state.selected = null;
    const panel = byId("details");
    panel.replaceChildren();
    panel.hidden = size.width < 700 && instantly;
    if (!panel.hidden) fillFocus(panel);
    for (const node of aroundFocus) state.forced.set(node, true);
    look();
    if (state.links) fit(visible.length > MANY ? [...nearFocus()] : visible, instantly);
    else fit([...focus].map(moduleOf), instantly);
  }

  function moduleOf(node) {
    let here = node;
    while (here.type !== "Module" && here.parent >= 0) here = nodes[here.parent];
    return here;
  }

  function nearFocus() {
    const near = new Set(focus);
    for (const node of focus) for (const edge of node.links) for (const end of [edge.source, edge.target]) if (isShown(end)) near.add(end);
    return near;
  }

  function reveal(node) {
    const panel = size.width < 900 ? 0 : 460;
    const [x, y] = at(node);
    let zoom = state.zoom;
    if (!state.links) {
      for (let here = node.parent; here >= 0; here = nodes[here].parent) zoom = Math.max(zoom, (OPEN_AT * 1.15) / nodes[here].r);
      zoom = Math.max(Math.min(zoom, (size.height * 0.3) / node.r), 14 / node.r);
    }
    goTo(x + panel / 2 / zoom, y, zoom);
  }

  const closing = () => element("button", "×", { className: "close", type: "button", title: "Close (Esc)", onclick: () => select(null) });

  function fillFocus(panel) {
    panel.append(closing(), element("h2", data.focusTitle));
    const byPath = new Map();
    for (const node of focus) byPath.set(node.path, [...(byPath.get(node.path) || []), node]);
    for (const [path, some] of byPath) {
      panel.append(element("h3", path || "outside of the analysed files", { className: "path" }));
      fillList(panel, some, (node) => {
        const item = element("li");
        const module = `${moduleOf(node).title}.`;
        const name = node.title.startsWith(module) ? node.title.slice(module.length) : node.title;
        item.append(element("button", name, { type: "button", onclick: () => select(node, true) }));
        item.append(element("small", ` ${node.type.toLowerCase()}, line ${node.line}`));
        return item;
      });
    }
  }

  // The first of many, and a button for the others.
  function fillList(panel, all, made) {
    const list = element("ul");
    list.append(...all.slice(0, 12).map(made));
    panel.append(list);
    if (all.length > 12) {
      const more = element("button", `${all.length - 12} more`, { type: "button" });
      more.onclick = () => { list.append(...all.slice(12).map(made)); more.remove(); };
      panel.append(more);
    }
  }

  function fillDetails(panel, node) {
    panel.append(closing());
    panel.append(element("h2", node.title));
    panel.append(element("p", node.path ? `${node.type} · ${node.path}:${node.line}–${node.end}` : "outside of the analysed files"));
    if (node.ghost) panel.lastChild.textContent = node.type === "Import" ? "outside of the analysed files" : "a package or module that is not in this graph itself";
    if (node.signature) panel.append(element("code", node.signature));
    const list = element("dl");
    for (const [name, value] of Object.entries(node.metrics || {})) {
      if (value !== null) list.append(element("dt", name.replaceAll("_", " ")), element("dd", String(value)));
    }
    panel.append(list);
    fillSource(panel, node);
    const said = { calls: ["Calls", "Called by"], inherits: ["Inherits from", "Inherited by"], imports: ["Imports", "Imported by"],
      references: ["References", "Referenced by"], contains: ["Contains", "In"] };
    for (const type of data.edgeTypes) {
      const out = node.links.filter((edge) => edge.type === type && edge.source === node);
      const back = node.links.filter((edge) => edge.type === type && edge.target === node);
      fillLinks(panel, said[type][0], out, (edge) => edge.target);
      fillLinks(panel, said[type][1], back, (edge) => edge.source);
    }
  }

  function fillLinks(panel, title, links, end) {
    if (!links.length) return;
    panel.append(element("h3", `${title} (${links.length})`));
    fillList(panel, links, (edge) => {
      const item = element("li");
      item.append(element("button", end(edge).title, { type: "button", onclick: () => select(end(edge), true) }));
      const how = [edge.kind, edge.how].filter((word) => word && word !== "call" && word !== "exact").join(", ");
      item.append(element("small", ` line ${edge.line}${how ? `, ${how}` : ""}`));
      return item;
    });
  }

  function fillSource(panel, node) {
    if (!node.path) return;
    const pieces = data.sources[node.path] || [];
    const piece = pieces.find(([first, text]) => first <= node.line && node.line < first + text.split("\n").length);
    if (!piece) {
      panel.append(element("p", data.sourcesLeftOut ? "Its source lines are not in this page: it would be too large." : "Its source lines are not in this page."));
      return;
    }
    const lines = piece[1].split("\n").slice(node.line - piece[0], node.end - piece[0] + 1);
    const shown = element("pre");
    shown.tabIndex = 0;
    lines.forEach((line, index) => shown.append(element("span", String(node.line + index)), `${line}\n`));
    panel.append(shown);
    const missing = node.end - node.line + 1 - lines.length;
    if (missing > 0) panel.append(element("p", `and ${missing} more lines`));
  }

  // Filters and search ---------------------------------------------------------------------------------

  function fillFilters() {
    const panel = byId("filters");
    panel.replaceChildren();
    const group = (title, types, shown, counted, changed) => {
      panel.append(element("h2", title));
      for (const type of types) {
        const count = counted.filter((item) => item.type === type).length;
        if (!count) continue;
        const label = element("label");
        const box = element("input", undefined, { type: "checkbox", checked: shown.has(type) });
        box.onchange = () => { if (box.checked) shown.add(type); else shown.delete(type); changed(); };
        label.append(box, swatch(type, counted === edges), element("span", type === "Import" ? "Outside" : type), element("span", count.toLocaleString("en")));
        panel.append(label);
      }
    };
    group("Nodes", data.nodeTypes, shownTypes, real, () => { arrange(); redraw(); });
    group("Links", data.edgeTypes, shownEdges, edges, redraw);
  }

  function swatch(type, isEdge) {
    const made = element("canvas", undefined, { width: 32, height: 20, className: "swatch" });
    const own = made.getContext("2d");
    own.scale(2, 2);
    own.fillStyle = own.strokeStyle = colours[type];
    own.lineWidth = type === "inherits" ? 2.5 : 1.5;
    own.setLineDash(DASHES[type] || []);
    own.beginPath();
    if (isEdge) { own.moveTo(0, 5); own.lineTo(16, 5); own.stroke(); }
    else { outline(own, type, 8, 5, 4.5); own.fill(); }
    return made;
  }

  function arrange() {
    seenBefore = "";
    arrangeTree();
    if (state.links) arrangeLinks();
  }

  let found = [];
  let chosen = 0;
  function search() {
    const words = byId("search").value.trim().toLowerCase();
    const list = byId("found");
    list.replaceChildren();
    found = [];
    if (words) {
      const score = (node) => {
        const name = node.name.toLowerCase();
        const id = node.title.toLowerCase();
        const rank = name === words || id === words ? 0 : name.startsWith(words) ? 1 : id.endsWith(words) ? 2 : name.includes(words) ? 3 : 4;
        return rank * 1e4 + (node.type === "Import" ? 5e3 : 0) + Math.min(4e3, id.length);
      };
      found = real.filter((node) => node.title.toLowerCase().includes(words)).sort((a, b) => score(a) - score(b) || a.index - b.index).slice(0, 50);
    }
    chosen = 0;
    found.forEach((node, index) => {
      const item = element("li", node.title, { onmousedown: (event) => { event.preventDefault(); take(index); } });
      item.setAttribute("role", "option");
      item.id = `found-${index}`;
      item.append(element("span", `  ${node.type === "Import" ? "outside" : node.type.toLowerCase()}`));
      list.append(item);
    });
    if (words && !found.length) list.append(element("li", "nothing has this in its name"));
    list.hidden = !words;
    byId("search").setAttribute("aria-expanded", String(!list.hidden));
    mark();
  }

  function mark() {
    [...byId("found").children].forEach((item, index) => item.setAttribute("aria-selected", String(found.length > 0 && index === chosen)));
    byId("found").children[chosen]?.scrollIntoView({ block: "nearest" });
    if (found.length) byId("search").setAttribute("aria-activedescendant", `found-${chosen}`);
  }

  function take(index) {
    if (!found[index]) return;
    byId("found").hidden = true;
    byId("search").setAttribute("aria-expanded", "false");
    select(found[index], true);
    canvas.focus();
  }

  byId("search").addEventListener("input", search);
  byId("search").addEventListener("focus", () => { if (byId("search").value) search(); });
  byId("search").addEventListener("blur", () => { byId("found").hidden = true; });
  byId("search").addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      chosen = Math.max(0, Math.min(found.length - 1, chosen + (event.key === "ArrowDown" ? 1 : -1)));
      mark();
      event.preventDefault();
    } else if (event.key === "Enter") take(chosen);
    else if (event.key === "Escape") { byId("search").value = ""; search(); canvas.focus(); }
    event.stopPropagation();
  });

  // Hands ------------------------------------------------------------------------------------------------

  const pointers = new Map();
  let travelled = 0;
  canvas.addEventListener("pointerdown", (event) => {
    cancelAnimationFrame(journey);
    canvas.setPointerCapture(event.pointerId);
    state.moved = true;
    pointers.set(event.pointerId, [event.offsetX, event.offsetY]);
    travelled = 0;
  });
  canvas.addEventListener("pointermove", (event) => {
    const before = pointers.get(event.pointerId);
    if (!before) { hover(event.offsetX, event.offsetY); return; }
    const now = [event.offsetX, event.offsetY];
    if (pointers.size === 2) {
      const [other] = [...pointers].filter(([id]) => id !== event.pointerId).map(([, place]) => place);
      const was = Math.hypot(before[0] - other[0], before[1] - other[1]);
      const is = Math.hypot(now[0] - other[0], now[1] - other[1]);
      if (was > 0 && is > 0) zoomBy(is / was, (now[0] + other[0]) / 2, (now[1] + other[1]) / 2);
      travelled = 100;
    } else {
      travelled += Math.hypot(now[0] - before[0], now[1] - before[1]);
      state.x -= (now[0] - before[0]) / state.zoom;
      state.y -= (now[1] - before[1]) / state.zoom;
      if (travelled > 3) canvas.classList.add("moving");
      redraw();
    }
    pointers.set(event.pointerId, now);
  });
  const release = (event) => {
    canvas.classList.remove("moving");
    if (pointers.delete(event.pointerId) && event.type === "pointerup" && travelled <= 3) select(nodeAt(event.offsetX, event.offsetY));
  };
  canvas.addEventListener("pointerup", release);
  canvas.addEventListener("pointercancel", release);
  canvas.addEventListener("pointerleave", () => hover(-1, -1));
  canvas.addEventListener("dblclick", (event) => {
    const node = nodeAt(event.offsetX, event.offsetY);
    if (node) toggle(node);
  });
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoomBy(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0015)), event.offsetX, event.offsetY);
  }, { passive: false });

  function hover(x, y) {
    const node = x < 0 ? null : nodeAt(x, y);
    const tip = byId("tip");
    tip.hidden = !node;
    if (node) {
      tip.textContent = node.title;
      tip.style.left = `${Math.min(x + 14, size.width - 40 - Math.min(tip.offsetWidth, size.width / 2))}px`;
      tip.style.top = `${y + 14}px`;
    }
    canvas.classList.toggle("over", Boolean(node));
    if (node !== state.over) { state.over = node && !isCluster(node) ? node : null; redraw(); }
  }

  function toggle(node) {
    if (state.links || !node.children.length) return;
    const open = isOpen(node);
    state.forced.set(node, !open);
    redraw();
  }

  function setLinks(links) {
    if (links && real.length > FORCE_UP_TO) return;
    state.links = links;
    fillFilters(); // other shapes
    byId("layout").textContent = links ? "By modules" : "By links";
    arrange();
    fit([], true);
  }

  byId("layout").onclick = () => setLinks(!state.links);
  byId("layout").hidden = real.length > FORCE_UP_TO;
  byId("focus").hidden = !focus.size;
  byId("focus").textContent = `${data.focusTitle} ${focus.size.toLocaleString("en")}`;
  byId("focus").title = "Show what has this ring (f)";
  byId("focus").onclick = () => showFocus();
  byId("fit").onclick = () => fit([]);
  byId("nearer").onclick = () => zoomBy(1.4);
  byId("further").onclick = () => zoomBy(1 / 1.4);
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.tagName === "INPUT") return;
    const step = 60 / state.zoom;
    const onPicture = event.target === canvas || event.target === document.body;
    const acts = { "/": () => byId("search").focus(), "+": () => zoomBy(1.3), "=": () => zoomBy(1.3), "-": () => zoomBy(1 / 1.3),
      0: () => fit([]), f: () => { if (focus.size) showFocus(); }, l: () => { if (!byId("layout").hidden) setLinks(!state.links); }, Escape: () => select(null) };
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    if (acts[event.key]) acts[event.key]();
    else if (onPicture && moves[event.key]) { state.moved = true; state.x += moves[event.key][0]; state.y += moves[event.key][1]; redraw(); }
    else if (onPicture && event.key === "Enter" && state.selected) toggle(state.selected);
    else return;
    event.preventDefault();
  });

  function begin() {
    if (focus.size) showFocus(true);
    else fit([], true);
  }

  function resize() {
    const ratio = devicePixelRatio || 1;
    size.width = canvas.clientWidth;
    size.height = canvas.clientHeight;
    canvas.width = size.width * ratio;
    canvas.height = size.height * ratio;
    if (!state.moved) begin();
    redraw();
  }

  readColours();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { readColours(); fillFilters(); redraw(); });
  byId("counts").textContent = `${real.length.toLocaleString("en")} nodes, ${edges.length.toLocaleString("en")} links`;
  byId("layout").textContent = state.links ? "By modules" : "By links";
  byId("nothing").hidden = real.length > 0;
  byId("filters").hidden = byId("tools").hidden = !real.length;
  fillFilters();
  arrange();
  addEventListener("resize", resize);
  resize();
  selectNamed();
  addEventListener("hashchange", selectNamed);
})();
