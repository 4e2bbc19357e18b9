"""Orders of the shop."""

import hashlib
import logging
import pickle
import sqlite3
import subprocess

from flask import Flask, redirect, request

app = Flask(__name__)
log = logging.getLogger(__name__)


def connection():
    return sqlite3.connect("shop.db")


@app.route("/orders")
def orders():
    customer = request.args["customer"]
    rows = connection().execute("SELECT * FROM orders WHERE customer = '" + customer + "'")
    return {"orders": rows.fetchall()}


@app.route("/orders/<int:number>")
def order(number):
    rows = connection().execute("SELECT * FROM orders WHERE number = ?", (number,))
    return {"order": rows.fetchone()}


@app.route("/invoice")
def invoice():
    name = request.args["name"]
    subprocess.run("wkhtmltopdf invoices/" + name + ".html out.pdf", shell=True)
    return redirect(request.args["next"])


@app.route("/basket", methods=["POST"])
def basket():
    items = pickle.loads(request.data)
    return {"items": len(items)}


def password_digest(password):
    return hashlib.md5(password.encode()).hexdigest()


def cache_name(url):
    # secorch:ignore python-weak-hash -- names a cache file, protects nothing
    return hashlib.md5(url.encode()).hexdigest()


def register(email, password):
    log.info("registering %s with password %s", email, password)


if __name__ == "__main__":
    app.run(host="0.0.0.0", debug=True)
