import { LAYER_GROUPS, LAYERS } from "../../../abi/layers.js";

/** Okabe and Ito, "Color Universal Design" (2008): told apart with every common colour vision. */
const OKABE_ITO = {
  orange: "#e69f00",
  sky: "#56b4e9",
  green: "#009e73",
  yellow: "#f0e442",
  blue: "#0072b2",
  vermillion: "#d55e00",
  purple: "#cc79a7",
  grey: "#a3a3a3",
} as const;
type Hue = keyof typeof OKABE_ITO;
export type Texture = "plain" | "rising" | "falling" | "upright" | "level" | "dots" | "cross";
/** A surface: a hue and a texture, so that neither alone must tell surfaces apart. */
export interface Surface {
  readonly hue: Hue;
  readonly texture: Texture;
}

export const colour = (s: { hue: Hue }): string => OKABE_ITO[s.hue];
/** Colour of text on a surface: at least 4.5 to 1. */
export const inkOn = (s: Surface): string => (s.hue === "blue" ? "#ffffff" : "#000000");

const surface = (hue: Hue, texture: Texture = "plain"): Surface => ({ hue, texture });
const GROUPS: Record<string, Surface> = {
  app: surface("grey"),
  library: surface("orange", "rising"),
  kernel: surface("sky"),
  guest: surface("yellow", "dots"),
  exit: surface("vermillion"),
  vmm: surface("orange", "falling"),
  copy: surface("purple"),
  memlink: surface("green", "cross"),
  device: surface("blue"),
  wire: surface("sky", "upright"),
  memory: surface("purple", "dots"),
};
/** Layers of memory accesses, where each is a part of its own. */
const MEMORY: Record<string, Surface> = {
  "app.think": surface("grey"),
  "vm.ept-fault": surface("vermillion"),
  "mem.data": surface("sky"),
  "mem.tlb": surface("yellow", "dots"),
  "walk.guest": surface("green", "rising"),
  "walk.host": surface("blue", "falling"),
};

/** What a stacked bar is made of. */
export interface LayerPart {
  readonly name: string;
  readonly layers: readonly string[];
  readonly surface: Surface;
}
/** Layer groups; for memory accesses, which use six layers, the layers themselves. */
export function layerParts(memoryOnly: boolean): LayerPart[] {
  if (memoryOnly)
    return LAYERS.map((l) => ({ name: l, layers: [l], surface: MEMORY[l] ?? surface("grey", "cross") }));
  return Object.entries(LAYER_GROUPS).map(([name, layers]) => ({ name, layers, surface: GROUPS[name]! }));
}
/** Where a reference hits: the farther, the darker. */
export const LEVELS = [
  { name: "L1", key: "l1", surface: surface("sky") },
  { name: "L2", key: "l2", surface: surface("green", "rising") },
  { name: "L3", key: "l3", surface: surface("yellow") },
  { name: "DRAM", key: "dram", surface: surface("vermillion", "upright") },
] as const;
export const MORE = surface("vermillion"),
  LESS = surface("blue", "rising");

/** How a path is drawn as a line: colour, dashes and shape of its points. */
export interface Stroke {
  readonly hue: Hue | "ink";
  readonly dash: string;
  readonly shape: number;
}
const STROKES: readonly Stroke[] = [
  { hue: "vermillion", dash: "", shape: 1 },
  { hue: "blue", dash: "7 3", shape: 2 },
  { hue: "green", dash: "2 3", shape: 3 },
  { hue: "purple", dash: "9 3 2 3", shape: 4 },
  { hue: "orange", dash: "", shape: 5 },
  { hue: "sky", dash: "7 3", shape: 6 },
];
/** The reference is in the colour of text; others take theirs in turn. */
export const strokeOf = (index: number): Stroke =>
  index === 0 ? { hue: "ink", dash: "", shape: 0 } : STROKES[(index - 1) % STROKES.length]!;
