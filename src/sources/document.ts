/** Where a figure comes from, as sources/*.json hold it; docs/sources.md is the page. */
export const BASES = ["read", "second-hand", "recalled", "computed", "inferred"] as const;
export type Basis = (typeof BASES)[number];

/** One published figure, or one parameter of a testbed that rests on others. */
export interface Source {
  readonly id: string;
  readonly quantity: string;
  readonly value: number | string;
  readonly unit?: string;
  readonly conditions?: string;
  /** Short name of who published it: a key of `publications`. */
  readonly publication?: string;
  /** Place within the publication: file, table, section. */
  readonly at?: string;
  readonly basis: Basis;
  /** Ids of the figures that it was taken or made from. */
  readonly rests_on?: readonly string[];
}
/** What someone outside can find: by an address, by words that it holds, or not at all. */
export interface Publication {
  readonly title: string;
  readonly address?: string;
  /** Words to search for, where no address is known. */
  readonly find?: string;
  /** Why neither is known. */
  readonly lost?: string;
  readonly note?: string;
}
export interface SourcesDocument {
  readonly schema: "verbscope.sources/1";
  readonly area?: string;
  readonly entries?: readonly Source[];
  readonly publications?: Readonly<Record<string, Publication>>;
}
