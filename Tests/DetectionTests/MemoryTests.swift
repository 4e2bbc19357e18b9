import Detection
import OrchestratorCore
import TestSupport
import Testing

/// What the memory rules say of C, in one file and across files.
@Suite struct MemoryTests {
    private static let rules = Result { try ProjectRules.load() }

    private func rules(in code: String, files: [String: String] = [:], language: String = "c") throws -> [String] {
        let probe = try DataFlowProbe(Self.rules.get(), files: files)
        let findings = probe.analyse(code, language, path: "src/main.c").findings
        return findings.map(\.rule).filter { $0.hasPrefix("c-memory-") }
    }

    @Test func aConditionThatIsComputedLeavesOnlyThePathThatIsTaken() throws {
        let code = """
            static int five = 5;
            void f(void) {
              char small[10], large[20], *to;
              if (five == 5) to = LARGE; else to = small;
              memset(to, 'a', 20);
            }
            """
        #expect(try rules(in: code.replacing("LARGE", with: "large")).isEmpty)
        #expect(try rules(in: code.replacing("LARGE", with: "small")) == ["c-memory-stack-overflow"])
    }

    @Test func aCheckOfTheIndexEndsTheDoubt() throws {
        let code = """
            void f(void) {
              int index = 0, table[10];
              scanf("%d", &index);
              if (CHECK) table[index] = 1;
            }
            """
        #expect(try rules(in: code.replacing("CHECK", with: "index >= 0 && index < 10")).isEmpty)
        #expect(try rules(in: code.replacing("CHECK", with: "index >= 0")) == ["c-memory-stack-overflow"])
        #expect(try rules(in: code.replacing("CHECK", with: "index < 10")) == ["c-memory-underwrite"])
    }

    @Test func aLoopReachesItsLastIndex() throws {
        let code = """
            void f(void) {
              int i, table[10];
              for (i = 0; i SIGN 10; i++) table[i] = i;
            }
            """
        #expect(try rules(in: code.replacing("SIGN", with: "<")).isEmpty)
        #expect(try rules(in: code.replacing("SIGN", with: "<=")) == ["c-memory-stack-overflow"])
    }

    @Test func valuesAreFollowedIntoFunctionsOfOtherFiles() throws {
        let other = "void put(char *to) { char from[100]; memset(from, 'a', 99); from[99] = 0; strcpy(to, from); }"
        let files = ["src/put.c": other]
        let code = "void put(char *to);\nvoid f(void) { char to[SIZE]; put(to); }"
        #expect(try rules(in: code.replacing("SIZE", with: "100"), files: files).isEmpty)
        #expect(try rules(in: code.replacing("SIZE", with: "50"), files: files) == ["c-memory-stack-overflow"])
    }

    @Test func anUnknownFunctionMayTakeTheMemoryOver() throws {
        let code = "void f(void) { char *p = malloc(10); if (!p) return; CALL }"
        #expect(try rules(in: code.replacing("CALL", with: "keep_for_later(p);")).isEmpty)
        #expect(try rules(in: code.replacing("CALL", with: "p[0] = 0;")) == ["c-memory-leak"])
    }

    @Test func aBranchThatEndsInAnUnknownFunctionMayNotComeBack() throws {
        let code = "int f(int *p) { if (p == NULL) { THEN } return *p; }"
        #expect(try rules(in: code.replacing("THEN", with: "complain(1);")).isEmpty)
        #expect(try rules(in: code.replacing("THEN", with: "puts(\"none\");")) == ["c-memory-null-use"])
    }

    @Test func fieldsOfUnknownTypesAreNotOneAnother() throws {
        let code = """
            struct line { thing_t *cells; thing_t *extra; };
            void f(struct line *line) { free(line->cells); free(line->extra); }
            void g(void) { char *p = malloc(3), *q = p; free(p); free(q); }
            """
        #expect(try rules(in: code) == ["c-memory-double-free"])
    }

    @Test func pointersIntoKnownObjectsCompare() throws {
        let code = """
            void f(int n) {
              char fixed[10], *p = fixed;
              if (n > 10) p = malloc(n);
              if (p != fixed) free(p);
            }
            """
        #expect(try rules(in: code).isEmpty)
        #expect(try rules(in: code.replacing("if (p != fixed) ", with: "")) == ["c-memory-free-of-non-heap"])
    }

    @Test func whatACalledFunctionReturnsWhenItFailsIsForTheCallerToKnow() throws {
        let code = """
            static int *find(int *table, int n) { if (n > 3) return NULL; return table; }
            int f(int *table, int n) { return *find(table, n); }
            int g(int *table) { return *find(table, 4); }
            """
        #expect(try rules(in: code) == ["c-memory-null-use"])
    }

    @Test func theSizeOfARecordComesFromAHeader() throws {
        let files = ["src/pair.h": "typedef struct { int a; int b; } pair;"]
        let code = "#include \"pair.h\"\nvoid f(void) { char to[SIZE]; pair p = {1, 2}; memcpy(to, &p, sizeof(pair)); }"
        #expect(try rules(in: code.replacing("SIZE", with: "8"), files: files).isEmpty)
        #expect(try rules(in: code.replacing("SIZE", with: "4"), files: files) == ["c-memory-stack-overflow"])
    }
}
