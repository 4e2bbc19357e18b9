import ArgumentParser
import Pipeline

/// The command line: one file per subcommand.
struct Secorch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "secorch",
        abstract: "Scans a repository and writes audit reports against OWASP, NIST, ISO 27001 and GDPR.",
        discussion: """
            EXAMPLES
              secorch scan .                               scan this folder, reports under reports/
              secorch scan ~/src/shop --fail-on high       exit 1 for open findings of high or worse
              secorch scan . --since main                  examine only what changed since a revision
              secorch plan . --model qwen3-coder           what models would be asked, and for how much
              secorch ask "where do we build SQL?"         answers from the findings and the code of the last run
              secorch baseline . --out secorch-baseline.txt    today's findings; 'scan --baseline FILE' fails for others only
              secorch runs diff RUN latest                 what one run found and the other did not
              secorch exceptions check                     expired entries and entries nobody approved
              secorch resume                               take up the newest unfinished run
              secorch scan . --ruleset owasp-top10-2025    report against one framework
              secorch files . --json                       every path with its coverage state
              secorch report latest --out /tmp/again       write the newest run's report again
              secorch report latest --bundle               the evidence of the newest run, signed, in one archive
              secorch audit verify evidence.tar            whether it is what was signed
              secorch rulesets show gdpr                   the controls of a framework
              secorch providers check                      whether the configured models can be asked
              secorch models list --check                  what they cost and whether they are there
              secorch doctor                               what is installed and what is missing

            EXIT CODES
              0  done
              1  open findings at or above --fail-on
              2  the command, its configuration or its surroundings do not allow the work
              3  incomplete: files in scope could not be examined, or the work was interrupted
              4  an error of secorch itself

            Results go to standard output, everything else to standard error.
            """,
        version: Installation.version,
        subcommands: [
            Scan.self, Plan.self, Resume.self, Ask.self, Files.self, Report.self, Runs.self, Baseline.self,
            Exceptions.self, Rulesets.self, ProvidersCommand.self, ModelsCommand.self, BatchCommand.self, Cost.self,
            Audit.self, Doctor.self, Init.self,
        ])
}
