/** Runs inside the page: labels of visible charts that are cut off or lie on each other. */
export function labelFaults() {
  const faults = [],
    SLACK = 1.5;
  for (const svg of document.querySelectorAll("svg")) {
    if (svg.getBoundingClientRect().width === 0) continue;
    const { width, height } = svg.viewBox.baseVal,
      name = svg.querySelector("title").textContent;
    const labels = [...svg.querySelectorAll("text")].map((t) => ({ says: t.textContent, box: t.getBBox() }));
    for (const { says, box } of labels)
      if (
        box.x < -SLACK ||
        box.y < -SLACK ||
        box.x + box.width > width + SLACK ||
        box.y + box.height > height + SLACK
      )
        faults.push(`${name}: "${says}" is cut off`);
    labels.forEach((a, i) =>
      labels.slice(i + 1).forEach((b) => {
        const over = Math.min(a.box.x + a.box.width, b.box.x + b.box.width) - Math.max(a.box.x, b.box.x);
        // Lines of text stand closer than their boxes are high.
        const deep = Math.min(a.box.y + a.box.height, b.box.y + b.box.height) - Math.max(a.box.y, b.box.y);
        if (over > SLACK && deep > 4) faults.push(`${name}: "${a.says}" lies on "${b.says}"`);
      }),
    );
  }
  return faults;
}
