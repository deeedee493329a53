// A lineage as one asks it: who is beside whom, and what lies under a point.

const CELL = 256; // pixels of the plane

/** The nodes and edges of a document, indexed. */
export class Graph {
  constructor({ nodes, edges, shape }) {
    this.nodes = nodes;
    this.edges = edges;
    this.shape = shape;
    this.ids = Object.keys(nodes);
    this.parents = new Map();
    this.children = new Map();
    for (const [start, end] of Object.values(edges)) {
      put(this.children, start, end);
      put(this.parents, end, start);
    }
    this.cells = new Map();
    for (const id of this.ids) {
      const [x, y] = nodes[id].place;
      for (let column = cell(x); column <= cell(x + shape.wide); column++) {
        for (let row = cell(y - shape.head); row <= cell(y + shape.high); row++) {
          put(this.cells, `${column} ${row}`, id);
        }
      }
    }
  }

  has(id) {
    return id !== null && id in this.nodes;
  }

  /** The outline of a node as left, top, width, height. */
  box(id) {
    const [x, y] = this.nodes[id].place;
    return [x, y, this.shape.wide, this.shape.high];
  }

  /** What lies at a point of the plane: { id, onGroup }, or null. */
  at(x, y) {
    const { wide, high, head } = this.shape;
    for (const id of this.cells.get(`${cell(x)} ${cell(y)}`) ?? []) {
      const [left, top] = this.nodes[id].place;
      if (x < left || x > left + wide || y > top + high) continue;
      if (y >= top) return { id, onGroup: false };
      if (y >= top - head && this.nodes[id].group) return { id, onGroup: true };
    }
    return null;
  }

  /** The node to which an arrow key goes from another; null if there is none that way. */
  beside(id, key) {
    const [x, y] = this.nodes[id].place;
    const height = (each) => Math.abs(this.nodes[each].place[1] - y);
    const nearest = (found) => found.sort((a, b) => height(a) - height(b))[0] ?? null;
    if (key === "ArrowRight") return nearest([...(this.children.get(id) ?? [])]);
    if (key === "ArrowLeft") return nearest([...(this.parents.get(id) ?? [])]);
    const below = key === "ArrowDown";
    return nearest(
      this.ids.filter((each) => {
        const [left, top] = this.nodes[each].place;
        return left === x && (below ? top > y : top < y);
      }),
    );
  }
}

const cell = (at) => Math.floor(at / CELL);

function put(lists, key, value) {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}
