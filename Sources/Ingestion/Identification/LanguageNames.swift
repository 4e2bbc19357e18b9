/// Which names, extensions and interpreters belong to which language id.
enum LanguageNames {
    static let names: [String: String] = [
        "Makefile": "makefile", "makefile": "makefile", "GNUmakefile": "makefile", "CMakeLists.txt": "cmake",
        "Rakefile": "ruby", "Gemfile": "ruby", "Vagrantfile": "ruby", "Guardfile": "ruby", "Podfile": "ruby",
        "Fastfile": "ruby", "Jenkinsfile": "groovy", "SConstruct": "python", "SConscript": "python",
        "wscript": "python",
        "BUILD": "python", "BUILD.bazel": "python", "WORKSPACE": "python", "Tiltfile": "python", "Procfile": "text",
        ".bashrc": "shell", ".bash_profile": "shell", ".profile": "shell", ".zshrc": "shell", "PKGBUILD": "shell",
        "nginx.conf": "nginx", ".babelrc": "json", ".eslintrc": "json", ".npmrc": "ini", ".pypirc": "ini",
        ".gitconfig": "ini", ".editorconfig": "ini", ".netrc": "text", "go.mod": "text", "LICENSE": "text",
        "README": "text", "composer.lock": "json", "Pipfile": "toml", "Cargo.lock": "toml", "poetry.lock": "toml",
        "requirements.txt": "text",
    ]

    static let extensions: [String: String] = [
        "py": "python", "pyw": "python", "pyi": "python", "wsgi": "python", "bzl": "python", "java": "java",
        "js": "javascript", "mjs": "javascript", "cjs": "javascript", "jsx": "javascript", "es6": "javascript",
        "ts": "typescript", "mts": "typescript", "cts": "typescript", "tsx": "tsx", "php": "php", "php3": "php",
        "php4": "php", "php5": "php", "php7": "php", "phtml": "php", "inc": "php", "module": "php", "rb": "ruby",
        "rake": "ruby", "gemspec": "ruby", "ru": "ruby", "go": "go", "c": "c", "h": "c", "cc": "cpp", "cpp": "cpp",
        "cxx": "cpp", "c++": "cpp", "hh": "cpp", "hpp": "cpp", "hxx": "cpp", "inl": "cpp", "ino": "cpp", "ipp": "cpp",
        "tpp": "cpp", "cs": "csharp", "csx": "csharp", "sh": "shell", "bash": "shell", "zsh": "shell", "ksh": "shell",
        "bats": "shell", "kt": "kotlin", "kts": "kotlin", "scala": "scala", "sc": "scala", "rs": "rust", "lua": "lua",
        "pl": "perl", "pm": "perl", "t": "perl", "ex": "elixir", "exs": "elixir", "erl": "erlang", "hrl": "erlang",
        "hs": "haskell", "jl": "julia", "ml": "ocaml", "mli": "ocaml", "r": "r", "sql": "sql", "m": "objectivec",
        "mm": "objectivec", "f": "fortran", "f90": "fortran", "f95": "fortran", "elm": "elm", "lisp": "commonlisp",
        "el": "emacslisp", "swift": "swift", "dart": "dart", "groovy": "groovy", "gradle": "groovy",
        "ps1": "powershell", "psm1": "powershell", "bat": "batch", "cmd": "batch", "vb": "visualbasic",
        "vbs": "visualbasic", "fs": "fsharp", "fsx": "fsharp", "clj": "clojure", "cljs": "clojure", "cob": "cobol",
        "cbl": "cobol", "s": "assembly", "asm": "assembly", "sol": "solidity", "zig": "zig", "pas": "pascal",
        "tcl": "tcl", "awk": "awk", "vue": "vue", "svelte": "svelte", "jsp": "jsp", "jspx": "jsp", "jspf": "jsp",
        "tag": "jsp", "erb": "erb", "rhtml": "erb", "ejs": "ejs", "aspx": "aspx", "ascx": "aspx", "cshtml": "razor",
        "vbhtml": "razor", "razor": "razor", "blade.php": "template",
        "tf": "terraform", "tfvars": "terraform", "hcl": "terraform", "bicep": "bicep", "mk": "makefile",
        "cmake": "cmake", "html": "html", "htm": "html", "xhtml": "html", "css": "css", "scss": "css", "less": "css",
        "sass": "css", "json": "json", "jsonc": "json", "json5": "json", "webmanifest": "json", "geojson": "json",
        "yaml": "yaml", "yml": "yaml", "toml": "toml", "xml": "xml", "xsd": "xml", "xsl": "xml", "xslt": "xml",
        "wsdl": "xml", "pom": "xml", "csproj": "xml", "config": "xml", "plist": "xml", "bpmn": "xml", "ini": "ini",
        "cfg": "ini", "conf": "ini", "cnf": "ini", "properties": "properties", "md": "markdown", "markdown": "markdown",
        "rst": "restructuredtext", "j2": "template", "jinja": "template", "jinja2": "template", "tmpl": "template",
        "tpl": "template", "mustache": "template", "hbs": "template", "handlebars": "template", "twig": "template",
        "pug": "template", "haml": "template", "slim": "template", "ftl": "template", "vm": "template",
        "liquid": "template", "csv": "csv", "tsv": "csv", "svg": "svg", "ipynb": "notebook", "graphql": "graphql",
        "gql": "graphql", "proto": "protobuf", "tex": "tex", "diff": "diff", "patch": "diff", "pem": "pem",
        "crt": "pem", "key": "pem", "txt": "text", "log": "text",
    ]

    static let interpreters: [String: String] = [
        "sh": "shell", "bash": "shell", "dash": "shell", "zsh": "shell", "ksh": "shell", "ash": "shell",
        "python": "python", "pypy": "python", "node": "javascript", "nodejs": "javascript", "deno": "typescript",
        "ruby": "ruby", "php": "php", "perl": "perl", "lua": "lua", "awk": "awk", "gawk": "awk", "tclsh": "tcl",
        "wish": "tcl", "make": "makefile", "Rscript": "r", "groovy": "groovy", "elixir": "elixir", "escript": "erlang",
        "julia": "julia", "swift": "swift", "pwsh": "powershell", "scala": "scala", "kotlin": "kotlin",
    ]
}
