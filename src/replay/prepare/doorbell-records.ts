import type { Features } from "./control-record.js";

/** Doorbell records of 8 and 4 bytes in a 4 KiB page. */
const PER_PAGE = { cq: 512, qp: 1024 } as const;
/** QPs and SRQs share their pages. */
export type RecordKind = keyof typeof PER_PAGE;

/** Follows which pages of doorbell records a context has (R2.10, R2.11, R2.12). */
export class DoorbellRecords {
  private readonly live = new Map<string, number>();

  /** Features of a create call whose buffer has `pages`. */
  create(ok: boolean, context: string, kind: RecordKind, pages: number, hasDb: boolean): Features {
    const key = `${context}/${kind}`,
      live = this.live.get(key) ?? 0;
    if (ok && hasDb) this.live.set(key, live + 1);
    return {
      buf_pages: pages,
      db_pages: hasDb ? 1 : 0,
      db_new: hasDb && live % PER_PAGE[kind] === 0 ? 1 : 0,
    };
  }

  /** Features of a destroy call. */
  destroy(ok: boolean, context: string, kind: RecordKind, pages: number, hasDb: boolean): Features {
    const key = `${context}/${kind}`,
      left = (this.live.get(key) ?? 1) - 1;
    if (ok && hasDb) this.live.set(key, left);
    return {
      buf_pages: pages,
      db_pages: hasDb ? 1 : 0,
      db_new: hasDb && left % PER_PAGE[kind] === 0 ? 1 : 0,
    };
  }
}
