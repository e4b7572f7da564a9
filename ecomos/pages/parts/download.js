// A file that Python hands over: saved by the browser, never shown.
function render({ model, el }) {
  el.hidden = true;
  const save = (said) => {
    if (typeof said.text !== "string") return;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([said.text], { type: said.kind || "text/plain" }));
    link.download = String(said.name).replace(/[^\w.-]+/g, "-");
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  };
  model.on("msg:custom", save);
  return () => model.off("msg:custom", save);
}
export default { render };
