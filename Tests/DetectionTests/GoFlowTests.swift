import Detection
import OrchestratorCore
import Testing

@Suite struct GoFlowTests {
    private static let imports = """
        package shop
        import (
          "database/sql"
          "encoding/json"
          "fmt"
          "net/http"
          "path/filepath"
          "strconv"
          "strings"
        )

        """

    private func findings(_ code: String, files: [String: String] = [:]) throws -> [Finding] {
        try DataFlowProbe(DataFlowTests.rules.get(), files: files).analyse(
            code, "go", path: "src/shop/handler.go"
        ).findings.filter { $0.rule.contains("flow") }
    }

    /// Whether the SQL rule fires in a handler whose `name` comes from a request.
    private func isReported(_ body: String, others: String = "") throws -> Bool {
        let code = """
            \(Self.imports)
            type Item struct { Name string; ID int; Tags []string }
            type Base struct { db *sql.DB }
            type Shop struct { Base; table string }
            func (s *Shop) serve(w http.ResponseWriter, r *http.Request, db *sql.DB) {
              name := r.FormValue("name")
            \(body)
            }
            \(others)
            """
        return try findings(code).contains { $0.rule == "go-flow-sql-injection" }
    }

    @Test(arguments: [
        "db.Query(\"a\" + name)",
        "s.db.Query(fmt.Sprintf(\"select %v\", name))",
        "query := \"a\"; query += name; db.Exec(query)",
        "item := Item{Name: name}; db.Query(item.Name)",
        "item := &Item{name, 1, nil}; db.Query(item.Name)",
        "var item Item; json.NewDecoder(r.Body).Decode(&item); db.Query(item.Name)",
        "item := new(Item); item.Tags = append(item.Tags, name); db.Query(item.Tags[0])",
        "parts := []string{\"a\", name}; db.Query(strings.Join(parts, \" \"))",
        "values := map[string]string{\"a\": \"x\"}; values[\"b\"] = name; db.Query(values[\"b\"])",
        "for _, tag := range strings.Split(name, \",\") { db.Query(\"a\" + tag) }",
        "first, rest, ok := strings.Cut(name, \":\"); if ok { db.Query(first + rest) }",
        "var b strings.Builder; b.WriteString(\"a\"); fmt.Fprintf(&b, \" %s\", name); db.Query(b.String())",
        "data := []byte(name); db.Query(string(data[1:]))",
        "run := func(text string) { db.Query(text) }; run(name)",
        "switch { case len(name) > 3: db.Query(name) }",
        "switch name { case \"a\": default: db.Query(name) }",
        "var v any = name; switch t := v.(type) { case string: db.Query(t) }",
        "ch := make(chan string, 1); ch <- name; db.Query(<-ch)",
        "text, err := build(name); if err != nil { return }; db.Query(text)",
        "text := named(name); db.Query(text)",
        "defer func() { db.Exec(name) }()",
        "outer: for { for { if name == \"\" { continue outer }; break outer } }; db.Query(name)",
        "db.Query(first([]string{name}))",
    ])
    func flowsAreFound(_ body: String) throws {
        let others = """
            func build(x string) (string, error) { if x == "" { return "", nil }; return "select " + x, nil }
            func named(x string) (text string) { text = "select " + x; return }
            func first[T any](list []T) T { return list[0] }
            """
        #expect(try isReported(body, others: others))
    }

    @Test(arguments: [
        "db.Query(\"select ?\", name)",
        "id, err := strconv.Atoi(name); if err != nil { return }; db.Query(fmt.Sprint(\"a\", id))",
        "if _, err := strconv.Atoi(name); err != nil { return }; db.Query(\"a\" + name)",
        "db.Query(fmt.Sprintf(\"select %d\", name))",
        "if name != \"asc\" { name = \"desc\" }; db.Query(\"a\" + name)",
        "switch name { case \"a\", \"b\": db.Query(name) }",
        "allowed := map[string]bool{\"a\": true}; if !allowed[name] { return }; db.Query(name)",
        "item := Item{Name: \"x\"}; item.Tags = []string{name}; db.Query(item.Name)",
        "var item Item; json.NewDecoder(r.Body).Decode(&item); db.Query(fmt.Sprint(\"a\", item.ID))",
        "parts := []string{\"a\", name}; db.Query(parts[0])",
        "text, _ := pair(name); db.Query(text)",
        "_, err := strconv.Atoi(name); db.Query(\"a\" + err.Error())",
        "const debug = false; if debug { db.Query(name) }",
        "name = s.table; db.Query(\"a\" + name)",
        "stmt, err := db.Prepare(\"select ?\"); stmt.Query(name)",
    ])
    func whatIsHarmlessIsNotReported(_ body: String) throws {
        let others = "func pair(x string) (string, string) { return \"a\", x }"
        #expect(try !isReported(body, others: others))
    }

    @Test func filesOfAPackageAndOtherPackagesAreFollowed() throws {
        let files = [
            "src/go.mod": "module example.org/app\n\ngo 1.22\n",
            "src/shop/store.go": """
            package shop
            import "database/sql"
            type Store struct { db *sql.DB }
            type Finder interface { Find(name string) error }
            func (s *Store) Find(name string) error {
              _, err := s.db.Query("select " + name)
              return err
            }
            func count(name string) error { return nil }
            """,
            "src/text/text.go":
                "package text\nfunc Quoted(x string) string { return \"'\" + x + \"'\" }\nfunc Fixed(x string) string { return \"a\" }\n",
        ]
        func lines(_ body: String) throws -> [Int] {
            let code = """
                package shop
                import "net/http"
                import "example.org/app/text"
                type Shop struct { store *Store; finder Finder }
                func (s *Shop) serve(w http.ResponseWriter, r *http.Request) {
                \(body)
                }
                """
            return try findings(code, files: files).map(\.location.startLine)
        }
        #expect(try lines("s.store.Find(r.FormValue(\"name\"))") == [6])
        #expect(try lines("s.finder.Find(r.FormValue(\"name\"))") == [6])
        #expect(try lines("count(r.FormValue(\"name\"))") == [])
        #expect(try lines("s.store.Find(text.Quoted(r.FormValue(\"name\")))") == [6])
        #expect(try lines("s.store.Find(text.Fixed(r.FormValue(\"name\")))") == [])
        #expect(try lines("other := NewStore(); other.Find(\"a\")") == [])
    }

    @Test func whatIsNoPageIsNoScripting() throws {
        func rules(_ body: String) throws -> [String] {
            let code = "\(Self.imports)\nfunc serve(w http.ResponseWriter, r *http.Request) {\n\(body)\n}\n"
            return try findings(code).map(\.rule)
        }
        let write = "fmt.Fprintf(w, \"<p>%s</p>\", r.FormValue(\"a\"))"
        #expect(try rules(write) == ["go-flow-xss"])
        #expect(try rules("w.Header().Set(\"Content-Type\", \"text/plain\")\n" + write) == [])
        #expect(try rules("w.Header().Set(\"Content-Type\", \"text/html\")\n" + write) == ["go-flow-xss"])
        #expect(try rules("json.NewEncoder(w).Encode(r.FormValue(\"a\"))") == [])
        #expect(try rules("http.Error(w, r.FormValue(\"a\"), 400)") == [])
        #expect(try rules("fmt.Fprintf(w, \"%d %q\", r.FormValue(\"a\"), 1)") == [])
    }

    @Test func textTemplatesAndOtherTemplatesAreToldApart() throws {
        func rules(_ path: String) throws -> [String] {
            let code = """
                package page
                import "net/http"
                import "\(path)"
                func serve(w http.ResponseWriter, r *http.Request) {
                  page := template.Must(template.New("a").Parse("{{.}}"))
                  page.Execute(w, r.FormValue("a"))
                }
                """
            return try findings(code).map(\.rule)
        }
        #expect(try rules("text/template") == ["go-flow-xss"])
        #expect(try rules("html/template") == [])
    }

    @Test func aFunctionThatTakesTooMuchWorkDoesNotLoseTheOthers() throws {
        let steps = (0..<400).map { "  if a[\($0)] > 0 { x = x + 1 } else { b = append(b, x) }" }.joined(
            separator: "\n")
        let code = """
            \(Self.imports)
            func large(a []int) int { x := 0; b := []int{}
              for i := 0; i < len(a); i++ { for j := range b {
            \(steps)
              } }
              return x + len(b)
            }
            func serve(w http.ResponseWriter, r *http.Request, db *sql.DB) {
              n := large(nil)
              db.Query(fmt.Sprint("select ", n) + r.FormValue("name"))
            }
            """
        let analysis = try DataFlowProbe(DataFlowTests.rules.get()).analyse(code, "go", path: "src/shop/a.go")
        #expect(analysis.findings.map(\.rule) == ["go-flow-sql-injection"])
    }

    @Test func codeThatDoesNotMakeSenseIsSurvived() throws {
        let code = """
            package shop
            import "net/http"
            type A struct { *A; B }
            type B struct { A }
            func (a A) f(r *http.Request) { a.x.y.z(r.FormValue("a")); a.f(r); goto end; end: }
            func g[T ~int | ~string](r *http.Request, x ...T) (a, b T) { return }
            func h(r *http.Request) { a, b := h; for range 3 {}; select {}; var x, y = 1; (*A)(nil).f(r); h(r)(r) }
            """
        #expect(try findings(code).isEmpty)
    }
}
