import Detection
import OrchestratorCore
import Testing

@Suite struct PHPFlowTests {
    private func analyse(_ code: String, path: String = "src/index.php", files: [String: String] = [:]) throws
        -> FileAnalysis
    {
        try DataFlowProbe(DataFlowTests.rules.get(), files: files).analyse("<?php\n" + code, "php", path: path)
    }

    /// Whether the SQL rule fires after `$name` came from a request.
    private func isReported(_ body: String) throws -> Bool {
        try analyse("$name = $_GET['name'];\n" + body).findings.contains { $0.rule == "php-flow-sql-injection" }
    }

    @Test(arguments: [
        "$db->query(\"select {$name}\");",
        "$sql = 'select '; $sql .= $name; $db->query($sql);",
        "$db->query(sprintf('select %s', $name));",
        "$parts = ['x', 'b' => $name]; $db->query($parts['b']);",
        "foreach ($_POST as $key => $value) { $db->query('select ' . $key); }",
        "[$a, $b] = ['x', $name]; $db->query($b);",
        "['k' => $a] = ['k' => $name]; $db->query($a);",
        "$f = function ($x) use ($name) { return $x . $name; }; $db->query($f('select '));",
        "$f = fn($x) => $x . $name; $db->query($f('select '));",
        "class Q { public function __construct(private string $text) {} function text() { return $this->text; } }"
            + " $q = new Q($name); $db->query($q->text());",
        "class Q { static function of($x) { return 'select ' . $x; } } $db->query(Q::of($name));",
        "class A { protected $t; function __construct($t) { $this->t = $t; } }"
            + " class B extends A { function __construct($t) { parent::__construct($t); } function t() { return $this->t; } }"
            + " $db->query((new B($name))->t());",
        "$x = isset($y) ? $name : 'x'; $db->query($x);",
        "$x = $_GET['x'] ?? 'y'; $db->query($x);",
        "$x = match ($y) { 1 => 'a', default => $name }; $db->query($x);",
        "$rows[] = $name; $db->query(implode(',', $rows));",
        "$a['x']['y'] = $name; $db->query($a['x']['y']);",
        "preg_match('/(.*)/', $name, $m); $db->query($m[1]);",
        "if (preg_match('/[a-z]+/', $name)) { $db->query($name); }",
        "switch ($y) { case 1: $x = $name; break; default: $x = 'x'; } $db->query($x);",
        "try { g(); $x = $name; } catch (Exception $e) { $x = 'x'; } finally { h(); } $db->query($x);",
        "while ($x = next_one()) { if ($x) { continue; } $s = $name; } $db->query($s);",
        "$db->query(stripslashes($db->real_escape_string($name)));",
        "function f() { global $name, $db; $db->query($name); }",
    ])
    func flowsAreFound(_ body: String) throws { #expect(try isReported(body)) }

    @Test(arguments: [
        "$db->query('select ' . (int) $name);",
        "$db->query('select ' . ($name + 1));",
        "$db->query(sprintf('select %d', $name));",
        "$parts = ['a' => 'x', 'b' => $name]; $db->query($parts['a']);",
        "[$a, $b] = ['x', $name]; $db->query($a);",
        "$out['a'] = 'x'; $out['b'] = $name; function f() { $o['a'] = 'x'; $o['b'] = $_GET['n']; return $o; } $db->query(f()['a']);",
        "settype($name, 'integer'); $db->query('select ' . $name);",
        "if (!ctype_alnum($name)) { exit; } $db->query($name);",
        "is_numeric($name) or die('no'); $db->query($name);",
        "if (!preg_match('/^[a-z]+$/', $name)) { return; } $db->query($name);",
        "if (filter_var($name, FILTER_VALIDATE_INT) === false) { throw new Exception; } $db->query($name);",
        "$name = preg_replace('/[^a-z0-9]/i', '', $name); $db->query($name);",
        "if (!in_array($name, ['a', 'b'], true)) { $name = 'a'; } $db->query($name);",
        "$map = ['a' => 'x']; if (!isset($map[$name])) { exit; } $db->query($name);",
        "if (!is_numeric($_GET['n'])) { exit; } $db->query($_GET['n']);",
        "$_GET['n'] = (int) $_GET['n']; $db->query($_GET['n']);",
        "switch ($name) { case 'a': case 'b': $db->query($name); }",
        "$ids = array_map('intval', $_POST['ids']); $db->query(implode(',', $ids));",
        "$f = fn($x) => (int) $x; $db->query('select ' . $f($name));",
        "$db->query(isset($_GET['a']) ? 'a' : 'b');",
        "class A { function query() { query($_GET['a']); } }",
        "unset($name); $db->query($name);",
        "if (1 + 1 === 3) { $db->query($name); }",
        "exit('bye'); $db->query($name);",
    ])
    func whatIsHarmlessIsNotReported(_ body: String) throws { #expect(try !isReported(body)) }

    @Test func variablesAndFunctionsOfIncludedFilesAreKnown() throws {
        let files = [
            "src/lib/start.php": "<?php\n$table = 'users';\nfunction clause($x) { return \"where n = '$x'\"; }\n",
            "src/view.php": "<p><?= $title ?></p>",
        ]
        let found = try analyse(
            """
            require_once __DIR__ . '/lib/start.php';
            $db->query("select * from $table " . clause($_GET['n']));
            $db->query("select * from $table");
            $title = $_GET['title'];
            include 'view.php';
            """, files: files)
        #expect(
            found.findings.map { "\($0.rule) \($0.location.startLine)" }.sorted()
                == ["php-flow-sql-injection 3", "php-flow-xss 6"])
    }

    @Test func eachOfSeveralFilesThatMayBeIncludedIsAWay() throws {
        let files = [
            "src/level/low.php": "<?php\n$sort = $_GET['sort'];\n",
            "src/level/high.php": "<?php\n$sort = (int) $_GET['sort'];\n",
        ]
        for (low, isReported) in [("low", true), ("high", false)] {
            let code = """
                switch ($level) { case 'x': $file = '\(low).php'; break; default: $file = 'high.php'; }
                require "level/{$file}";
                $db->query("select * from t order by $sort");
                """
            #expect(try !analyse(code, files: files).findings.isEmpty == isReported)
        }
    }

    @Test func classesOfOtherFilesAreFoundByNameAndNamespace() throws {
        let files = [
            "src/Models/Search.php": """
            <?php
            namespace App\\Models;
            class Search {
              public function raw($x) { return 'select ' . $x; }
              public function safe($x) { return (int) $x; }
            }
            """,
            "src/Other/Search.php": "<?php\nnamespace App\\Other;\nclass Search { function raw($x) { return 1; } }\n",
        ]
        func rules(_ method: String) throws -> [String] {
            let code = "use App\\Models\\Search;\n$s = new Search();\n$db->query($s->\(method)($_GET['n']));"
            return try analyse(code, files: files).findings.map(\.rule)
        }
        #expect(try rules("raw") == ["php-flow-sql-injection"])
        #expect(try rules("safe").isEmpty)
    }

    @Test func aGuessGivesWayWhereTheValueIsKnown() throws {
        let known = try analyse("$n = 'a'; mysqli_query($c, \"SELECT * FROM t WHERE n = '$n'\");")
        #expect(known.findings.isEmpty)
        let open = try analyse("mysqli_query($c, \"SELECT * FROM t WHERE n = '$n'\");")
        #expect(open.findings.map(\.rule) == ["php-sql-injection"])
    }

    @Test func whatFollowsAFixedHostDecidesNoAddress() throws {
        func rules(_ start: String) throws -> [String] {
            try analyse("$url = '\(start)' . $_GET['x'];\nheader(\"Location: $url\");").findings.map(\.rule)
        }
        #expect(try rules("https://example.org/").isEmpty)
        #expect(try rules("/items?id=").isEmpty)
        #expect(try rules("https://") == ["php-flow-open-redirect"])
    }

    @Test func textsBetweenCodeAreNoCodeAndShortTagsPrint() throws {
        let code = "$q = $_GET['q']; ?>\n$db->query($q);\n<b><?= $q ?></b>\n<?php echo strlen($q);"
        let found = try analyse(code)
        #expect(found.findings.map { "\($0.rule) \($0.location.startLine)" } == ["php-flow-xss 4"])
    }
}
