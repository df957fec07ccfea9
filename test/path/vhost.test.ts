import { expect, test } from "vitest";
import type { Step } from "../../src/path/flatten.js";
import { formText } from "../../src/path/form.js";
import { loadPath } from "../../src/path/load.js";

const steps = (label: string, verb: string): readonly Step[] => loadPath(label).programs.get(verb)!;

test("no verb of an in-kernel back-end waits for QEMU: no mutex, exit or interrupt of it", () => {
  const qemu = [...loadPath("vhost").programs].flatMap(([verb, program]) =>
    program
      .filter(
        (s) =>
          s.hold.includes("vmm.bql") ||
          s.counts.some((c) => c.counter === "exits.heavy") ||
          ["vmm.dispatch", "vmm.irq_raise"].includes(s.cost ?? "") ||
          formText(s.count) === "98352",
      )
      .map((s) => `${verb}: ${s.id}`),
  );
  expect(qemu).toEqual([]);
});

test("its events come by a light exit, the back-end's thread and MSI-X", () => {
  expect(steps("vhost", "get_cq_event").map((s) => s.id)).toEqual([
    "event.syscall",
    "event.vqadd",
    "event.kick-eventfd",
    "event.wake-backend",
    "event.submit-kernel",
    "event.wait",
    "event.host-irq-vm",
    "event.main-kernel",
    "event.irq-msix",
    "event.wake",
    "event.switch",
    "event.copy",
  ]);
  for (const verb of ["reg_mr", "query_port", "open_device"])
    for (const s of steps("vhost", verb).filter((s) => /^(uv\.(write|verbs)|pin|fw|vq\.host)/.test(s.id)))
      expect(s.hold, `${verb} ${s.id}`).toContain("vmm.main");
});

test.each(["reg_mr", "rereg_mr", "create_cq", "resize_cq", "create_qp", "create_srq"])(
  "%s with memory=direct: the guest pins what the host does, where its driver hands on a list of frames",
  (verb) => {
    const pinned = (label: string, cost: string): string[] =>
      steps(label, verb)
        .filter((s) => s.cost === cost)
        .map((s) => formText(s.count));
    const host = pinned("vhost+memory=direct", "kernel.pin_page");
    expect(host).toHaveLength(1);
    expect(pinned("vhost+memory=direct", "guest.pin_page")).toEqual(host);
    for (const other of ["sr-iov", "virt-ib"]) expect(pinned(other, "guest.pin_page")).toEqual([]);
  },
);
