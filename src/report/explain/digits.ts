import type { Integer } from "../../numbers.js";

/** Digits in groups of three. */
export const digits = (x: Integer): string => String(x).replace(/\B(?=(\d{3})+(?!\d))/g, " ");
