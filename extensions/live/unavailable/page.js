// Takes the place of the real page.js in a book that was built without the files that live pages need.
{
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-sm live-header";
  button.textContent = "Live";
  const explanation = document.createElement("p");
  explanation.className = "live-bar";
  explanation.setAttribute("role", "status");
  explanation.hidden = true;
  button.addEventListener("click", () => {
    explanation.hidden = false;
    explanation.textContent =
      "This copy of the book was built without live pages, because some files could not be fetched. " +
      "You can read everything, and run the notebook in JupyterLab.";
  });
  document.querySelector(".article-header-buttons")?.prepend(button);
  document.querySelector("article h1")?.after(explanation);
}
