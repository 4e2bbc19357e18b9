const express = require("express");
const https = require("https");
const { exec } = require("child_process");

const app = express();

app.get("/search", (request, response) => {
  response.send("<h1>Results for " + request.query.q + "</h1>");
});

app.get("/thumbnail", (request, response) => {
  exec("convert uploads/" + request.query.file + " -resize 64x64 out.png", () => {
    response.sendFile("out.png");
  });
});

app.get("/stock", (request, response) => {
  const agent = new https.Agent({ rejectUnauthorized: false });
  https.get("https://warehouse.internal/stock", { agent }, (answer) => answer.pipe(response));
});

app.get("/login", (request, response) => {
  response.cookie("session", newSession(), { httpOnly: true, secure: true, sameSite: "strict" });
  response.redirect("/");
});

function newSession() {
  return Math.random().toString(36).slice(2);
}

app.listen(3000);
