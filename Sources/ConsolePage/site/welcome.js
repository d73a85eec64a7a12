// What is shown before anything is said: what to expect, questions to press, and the agents.
import { byId, html } from "./elements.js";
import { welcomeWords } from "./words.js";

/** `ask(question)` says it in writing. */
export function showWelcome({ about, graph, voices, ask }) {
  const agents = graph.nodes.filter((node) => node.kind !== "closing");
  const { title, text } = welcomeWords(about, agents.filter((node) => node.speaks).length);
  byId("welcome-title").textContent = title;
  byId("welcome-text").textContent = text;
  const questions = (about?.examples ?? []).map((question) => {
    const button = html("button", { type: "button" }, question);
    button.addEventListener("click", () => ask(question));
    return html("li", {}, button);
  });
  byId("examples").replaceChildren(...questions);
  byId("examples").hidden = questions.length === 0;
  const rows = agents.map((node) =>
    html(
      "li",
      { "data-hue": voices.hueOf(node.name) },
      html("strong", {}, node.name),
      html("span", {}, node.description || "No description."),
    ),
  );
  byId("agents").replaceChildren(...rows);
}
