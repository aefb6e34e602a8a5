"use strict";
for (const box of document.querySelectorAll("input[data-mark]")) {
  box.addEventListener("change", () => {
    const marks = "." + box.dataset.mark + "_marks, [class*=" + box.dataset.mark + "w]";
    for (const drawn of document.querySelectorAll(marks)) drawn.classList.toggle("off", !box.checked);
  });
}
for (const figure of document.querySelectorAll("figure[data-chart]")) {
  const data = JSON.parse(figure.querySelector("script[type='application/json']").textContent);
  const chart = figure.querySelector(".chart-wide");
  const readout = figure.querySelector(".readout");
  let place = 0;
  const show = (next) => {
    place = Math.max(0, Math.min(data.dose.length - 1, next));
    const dose = document.createElement("b");
    dose.textContent = data.dose[place].toFixed(1) + " Gy";
    readout.replaceChildren(dose);
    for (const line of data.lines) {
      const box = document.querySelector("input[data-mark=" + line.mark + "]");
      if (box && !box.checked) continue;
      const said = document.createElement("span");
      said.textContent = line.name + " " + line.v[place].toFixed(1) + " %";
      readout.append(said);
    }
  };
  chart.addEventListener("pointermove", (event) => {
    const box = chart.getBoundingClientRect();
    const x = (event.clientX - box.left) / box.width * data.plot.total - data.plot.left;
    show(Math.round(x / data.plot.width * (data.dose.length - 1)));
  });
  figure.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step) { show(place + step); event.preventDefault(); }
  });
}
