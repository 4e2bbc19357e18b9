import Detection
import Testing

/// Which regular expressions can take exponential time.
@Suite struct RegexAmbiguityTests {
    private func explodes(_ pattern: String, isWhole: Bool = false) -> Bool {
        RegexAmbiguity.explodes(Array(pattern.utf8), isWhole: isWhole)
    }

    @Test(arguments: [
        "^(a+)+$", "([0-9]+)+#", #"^(\w|\d)*$"#, "(a*)*b", "(a|a)*b", "(?:a*b?)*c", #"^(\d+,?)+$"#, #"^(\w+\s?)*$"#,
        "(.*?,)+x", #"(\s|\n)*;"#, #"^(([a-z])+.)+[A-Z]([a-z])+$"#, "(?<name>[a-z]+)*!", #"^(?:[^,]|"[^"]*")*$"#,
        "(a{1,3})+b", "((ab)*)*c", #"(\s*\w+\s*)+;"#, #"^([[:alpha:]]|x)+\d$"#, "(é|[^a])+b", #"(?i)(\p{L}+)*\."#,
    ])
    func aLoopThatReadsATextInSeveralWaysExplodes(_ pattern: String) { #expect(explodes(pattern)) }

    @Test(arguments: [
        "^(a+b)+$", "^[a-z]+$", "(?:ab|a)+c", #"^([a-z0-9-]+\.)+[a-z]{2,}$"#, #"^"(\\.|[^"\\])*"$"#, "(a|b)*c",
        "^(?:[a-z]+,)*[a-z]+$", #"^\s*(\w+\s+)*\w+$"#, "(a{3})+b", "((ab)?)*c", #"(\d{1,3}\.){3}\d{1,3}$"#, "[a+*)]+",
        #"^(?:[^"]|"[^"]*")*$"#,
    ])
    func aLoopThatReadsEveryTextInOneWayDoesNot(_ pattern: String) { #expect(!explodes(pattern)) }

    @Test func nothingFailsAfterALoopAtTheEnd() {
        for pattern in ["(a+)+", "x(a|a)*", "(a+)+.*", "(a+)+.*$"] { #expect(!explodes(pattern), "\(pattern)") }
        #expect(explodes("(a+)+", isWhole: true))
        #expect(!explodes("(a+)+.*", isWhole: true))
    }

    @Test(arguments: [
        #"(\b\w+\b\s*)+;"#, "(?>a+)+$", "(a++)+$", #"(a+)+\1$"#, "((?!x)a+)+$", "(a+", "[a", "(a+)+$)", #"(\x41+)+$"#,
        "",
    ])
    func whatIsNotUnderstoodIsNotJudged(_ pattern: String) { #expect(!explodes(pattern)) }

    @Test func largeExpressionsAreJudgedOrLeft() {
        #expect(explodes("(" + (0..<50).map { "word\($0)" }.joined(separator: "|") + "|(a+)+$)"))
        #expect(!explodes(String(repeating: "(", count: 5000) + "a" + String(repeating: ")+", count: 5000) + "$"))
        #expect(!explodes(String(repeating: "a{50}", count: 100) + "(a+)+$"))
        // Nothing, copied 9 times, 30 times over: would never end if copies went uncounted.
        #expect(!explodes(String(repeating: "(", count: 30) + String(repeating: "){9}", count: 30) + "(a+)+$"))
    }

    @Test(arguments: [
        (#"/(a+)+$/gi"#, "(a+)+$"), (#""^\\d+$""#, #"^\d+$"#), (#"r'^\d+$'"#, #"^\d+$"#), (#"@"\d+""#, #"\d+"#),
        (#"'\d"'"#, #"\d""#), (#""""a"b""""#, #"a"b"#),
    ])
    func aLiteralGivesItsPattern(_ literal: String, _ pattern: String) {
        #expect(RegexLiteral.pattern(of: Array(literal.utf8), isDelimited: false) == Array(pattern.utf8))
    }

    @Test func aStringWithDelimitersGivesWhatStandsBetween() {
        #expect(RegexLiteral.pattern(of: Array("'~a+/b~i'".utf8), isDelimited: true) == Array("a+/b".utf8))
        #expect(RegexLiteral.pattern(of: Array(#""{a{2}}u""#.utf8), isDelimited: true) == Array("a{2}".utf8))
        for text in ["'~a +~x'", "'a'", #"f"{a}""#, #"$"{a}""#, "/a#{b}/", "'", "name"] {
            #expect(RegexLiteral.pattern(of: Array(text.utf8), isDelimited: true) == nil, "\(text)")
        }
    }
}
