for (const figure of document.querySelectorAll("figure.egresslab-chart")) {
  const { $schema, ...spec } = JSON.parse(figure.querySelector("script").textContent);
  const holder = document.createElement("div");
  // ast: expressions are interpreted, so that the page's policy can forbid eval. Where drawing fails the picture stays.
  vegaEmbed(holder, spec, { mode: "vega-lite", actions: false, ast: true, renderer: "svg" }).then(
    () => figure.querySelector(".egresslab-picture").replaceWith(holder),
    (error) => console.error(error),
  );
}
