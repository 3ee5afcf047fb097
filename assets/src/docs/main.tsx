// The API reference: the server's own OpenAPI document, made readable.
import { render } from "preact";
import { Docs } from "./docs";

const root = document.getElementById("app");
if (root) render(<Docs />, root);
