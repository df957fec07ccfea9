import type { Features } from "./control-record.js";

/** Doorbell records of 8 and 4 bytes in a 4 KiB page. */
const PER_PAGE = { cq: 512, qp: 1024 } as const;
/** QPs and SRQs share their pages. */
export type RecordKind = keyof typeof PER_PAGE;

/** Follows which pages of doorbell records a context has (R2.10, R2.11, R2.12). */
export class DoorbellRecords {
  private readonly live = { cq: 0, qp: 0 };

  /** Features of a create call whose buffer has `pages`. */
  create(ok: boolean, kind: RecordKind, pages: number, hasDb: boolean): Features {
    const live = this.live[kind];
    if (ok && hasDb) this.live[kind] = live + 1;
    return featuresOf(kind, pages, hasDb, live);
  }

  /** Features of a destroy call. */
  destroy(ok: boolean, kind: RecordKind, pages: number, hasDb: boolean): Features {
    const left = this.live[kind] - 1;
    if (ok && hasDb) this.live[kind] = left;
    return featuresOf(kind, pages, hasDb, left);
  }
}

/** A page more or less where so many others fill theirs. */
const featuresOf = (kind: RecordKind, pages: number, hasDb: boolean, others: number): Features => ({
  buf_pages: pages,
  db_pages: hasDb ? 1 : 0,
  db_new: hasDb && others % PER_PAGE[kind] === 0 ? 1 : 0,
});
