//! The manual of notices: a page for each id that a run can report. `tokaudit explain ID` prints it.

/// A kind of notice, as its page explains it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Notice {
    /// Stable kebab-case id.
    pub id: &'static str,
    /// What happened, in a few words.
    pub title: &'static str,
    /// What it means for the figures.
    pub meaning: &'static str,
    /// What to do about it.
    pub what_to_do: &'static str,
}

/// Every kind of notice, by id.
pub static NOTICES: &[Notice] = &[
    Notice {
        id: "absent-key",
        title: "Records lack a key that they always have",
        meaning: "Every record of the format has this key, and these lack it, so what it counts is unknown. A tool or a script may have renamed it.",
        what_to_do: "Look at the record that the notice names. If the key has another name now, report it; if a script renamed it, use the original export.",
    },
    Notice {
        id: "all-rejected",
        title: "Every record of a file was rejected",
        meaning: "A file was recognised, but each of its records is damaged or cannot be counted, as the other notices on the file say. Nothing of it is in the sums, and the exit code is 3.",
        what_to_do: "Look at the notices that name the file; a column in another currency or a time in another form is the usual cause.",
    },
    Notice {
        id: "bad-amount",
        title: "An amount of money cannot be read",
        meaning: "A cost cell is not a number of dollars, has the mark of another currency beside its number, or could be read in two ways (1,234) where no cell of the file shows which. The record is rejected and counted under its file.",
        what_to_do: "Correct the cell, or convert the amounts to USD, and run again. One amount such as 0.50 or 0,50 shows the decimal sign of the whole file.",
    },
    Notice {
        id: "bad-count",
        title: "A token count cannot be true",
        meaning: "A token count is negative, fractional, text, or larger than any request can be. The record is rejected: a repaired guess would be a made-up figure.",
        what_to_do: "Look at the file and line that the notice names. If the export is damaged, export it again.",
    },
    Notice {
        id: "bad-document",
        title: "A JSON file is incomplete",
        meaning: "A file that should be one JSON document ends too early or is damaged. Records before the damage are counted.",
        what_to_do: "Copy or export the file again.",
    },
    Notice {
        id: "bad-grain",
        title: "A grain is unknown",
        meaning: "The canonical column `grain` says how much usage a row sums up. It must be request, session, minute, hour, day or period.",
        what_to_do: "Correct the column; `tokaudit explain ledger` lists the canonical columns.",
    },
    Notice {
        id: "bad-line",
        title: "A line is not JSON",
        meaning: "A line was cut off or damaged, usually because a program stopped while writing it. The lines around it are counted.",
        what_to_do: "Nothing, if it is a few lines. Copy the log again if it is many.",
    },
    Notice {
        id: "bad-row",
        title: "A row cannot be read",
        meaning: "A row of a table or a database has the wrong shape: a quote that never closes, a cell that is too long, or something other than an object. The row is rejected.",
        what_to_do: "Look at the file and line that the notice names, and export the table again.",
    },
    Notice {
        id: "bad-time",
        title: "A time is ambiguous or unreadable",
        meaning: "A timestamp is in a form that could mean several times, such as 01/02/2026 in a file where no date has a day above 12. The record is rejected because it belongs to no day.",
        what_to_do: "Write times as 2026-05-31T12:00:00Z or 2026-05-31.",
    },
    Notice {
        id: "base-price",
        title: "Long prompts may cost more than shown",
        meaning: "Some models charge more above a prompt length. These records sum up many requests, so no prompt length is known, and they were priced at the base rate.",
        what_to_do: "Pass logs with single requests if you have them; then the exact rate is used.",
    },
    Notice {
        id: "bill-dwarfs-day",
        title: "A bill is too large for its day",
        meaning: "A row of a bill is the only one of its month for a vendor and far above what logs show of its day, while they show usage on other days. It is probably the bill of the month, dated on one day. Only that day is matched with it; the usage of other days is counted in addition.",
        what_to_do: "Give the row its period: the columns charge_period_start and charge_period_end with the first day of the month and of the next.",
    },
    Notice {
        id: "branch-unreadable",
        title: "A branch cannot be followed",
        meaning: "Objects of a branch are missing or corrupt in this clone, so what became of the branch is unknown.",
        what_to_do: "Fetch the repository again in full.",
    },
    Notice {
        id: "branches-not-read",
        title: "Unmerged branches were not looked at",
        meaning: "There are many branches and pull requests beside the main branch. Finding out what became of them takes a while and is skipped by default.",
        what_to_do: "Add --branches.",
    },
    Notice {
        id: "cache-not-written",
        title: "The cache could not be written",
        meaning: "The result of reading a history could not be stored, so the next run reads it again. This report is not affected.",
        what_to_do: "Make the cache folder writable, name another with --cache-dir, or pass --no-cache.",
    },
    Notice {
        id: "cached-untold",
        title: "Cached input is not in this export",
        meaning: "The table has input tokens and no cached tokens, so list prices treat all input as new. The cost is an upper limit.",
        what_to_do: "Export a format that separates cached tokens, if your gateway has one.",
    },
    Notice {
        id: "catalogue-entries",
        title: "Entries of a price catalogue were left out",
        meaning: "The file of --prices or [prices] is a public catalogue. Prices of the vendors' own models are taken from it; clouds, \
                  gateways and hosts set prices of their own, and images, audio and hours of a day are not priced.",
        what_to_do: "Nothing, unless a model that you pay for is among them: then give its price as a line of CSV.",
    },
    Notice {
        id: "cents",
        title: "A cost in cents was left out",
        meaning: "A cost beside the columns ai_org, req_units or res_units is in cents, and was not counted as dollars.",
        what_to_do: "Rename the column to cost_usd once it holds dollars.",
    },
    Notice {
        id: "cents-or-dollars",
        title: "Amounts are in another unit than they seem",
        meaning: "The amounts of a file are about 100 times, or a hundredth of, the list prices of the same tokens: cents taken for dollars or the reverse. The rows are counted at list prices.",
        what_to_do: "Correct the column and run again.",
    },
    Notice {
        id: "checkpoint-transcripts",
        title: "Transcripts in a repository were read",
        meaning: "A checkpoint tool keeps transcripts on a branch of a repository. They were read along with the logs.",
        what_to_do: "Nothing. Name logs on the command line to read only those.",
    },
    Notice {
        id: "circular-history",
        title: "A commit is its own ancestor",
        meaning: "A replaced commit names one of its descendants as its parent. The history is read as if it began at the last \
                  commit before the circle closes.",
        what_to_do: "See `git replace --list`, and delete the replacement if it is a mistake.",
    },
    Notice {
        id: "commit-clock-wrong",
        title: "A commit was made by a wrong clock",
        meaning: "The time of a commit of the main branch is far from those around it: in the future, or at the end and long before the ones that it builds on. How long lines and branches were watched is counted to the newest commit whose time fits.",
        what_to_do: "Nothing. The commit keeps its own time, so it falls into no period or into a wrong one.",
    },
    Notice {
        id: "commit-names-nobody",
        title: "A commit has no readable author or committer",
        meaning: "The author or the committer of a commit is missing, lacks a bracket, or is broken over two lines. As in `git log`, that one has neither name nor address.",
        what_to_do: "Nothing, unless the commit matters to figures by person.",
    },
    Notice {
        id: "commit-time-unreadable",
        title: "A commit has no readable time",
        meaning: "A commit's time cannot be parsed, so the time at which its author wrote it counts, or else 1970-01-01.",
        what_to_do: "Nothing, unless the commit matters to the period.",
    },
    Notice {
        id: "convention-differs",
        title: "Parts overlap in another way than usual",
        meaning: "Records carry their own total. It is not the sum of the parts as the format usually writes them, but it is the sum if cached tokens are beside the input instead of in it (or the other way round), or reasoning is beside the output. They are read as their total says.",
        what_to_do: "Nothing. If the total itself is wrong, compare with the vendor's own page.",
    },
    Notice {
        id: "converted-currency",
        title: "Amounts were converted to dollars",
        meaning: "An export is in another currency than US dollars, and [currency] of tokaudit.toml has a rate for the day. The dollars count as the bill's; `tokaudit ledger` has the amount in its own currency beside them.",
        what_to_do: "Nothing, if the rates are those that your finance department uses.",
    },
    Notice {
        id: "dangling-link",
        title: "A symbolic link leads nowhere",
        meaning: "A link in a folder points to a file that does not exist. It was skipped.",
        what_to_do: "Remove or repair the link if it should lead to a log.",
    },
    Notice {
        id: "date-order",
        title: "The order of day and month was found in the file",
        meaning: "Dates such as 5/6/2026 do not say whether the day or the month comes first. Another date of the same file does, because one of its numbers is above 12, or the dates are written with dots, which puts the day first.",
        what_to_do: "Nothing, if the message names the order that the file has. Else write dates as 2026-06-05.",
    },
    Notice {
        id: "decimal-convention",
        title: "The decimal sign was found in the file, or assumed",
        meaning: "Numbers such as 1,234 or 1.234 can have thousands or decimals. All numbers of a file are read alike: as soon as one of them can be read in one way only (1,234.50 or 0,5), it decides. If none does, the surest reading is taken with a warning, or the rows are rejected.",
        what_to_do: "After a warning, compare the sums with the source. Export the amounts without thousands separators to be sure.",
    },
    Notice {
        id: "default-places",
        title: "This machine's own logs were read",
        meaning: "No logs were named, so the folders where agents keep their logs on this machine were read.",
        what_to_do: "Name files or folders to read others.",
    },
    Notice {
        id: "different-spans",
        title: "Sources cover different days",
        meaning: "The first or last days of two kinds of sources are more than two weeks apart. Sums of different months are then made of different sources, so a change between them may be nothing but a file that is missing.",
        what_to_do: "Look at the days that the notice names, and ask with --since, --until or --month for days that all of them cover, or pass the missing exports.",
    },
    Notice {
        id: "empty-counter",
        title: "An event has no figures",
        meaning: "Codex writes some token_count events that only report rate limits. They hold no usage.",
        what_to_do: "Nothing.",
    },
    Notice {
        id: "empty-file",
        title: "A file is empty",
        meaning: "A file holds no data, so nothing was read from it.",
        what_to_do: "Nothing, unless the file should hold a log.",
    },
    Notice {
        id: "empty-page",
        title: "A page of an export holds nothing",
        meaning: "A file is a page of an API whose list is empty: there was no usage in the period that was asked for.",
        what_to_do: "Nothing, unless there should be usage.",
    },
    Notice {
        id: "empty-period",
        title: "The period holds no record",
        meaning: "No record lies between the start and the end of the period. The notice says which days the logs cover.",
        what_to_do: "Widen --since, --until or --month, or pass other logs.",
    },
    Notice {
        id: "foreign-value",
        title: "A value has another shape",
        meaning: "A JSON export holds a value whose shape differs from the first one. It was skipped.",
        what_to_do: "Look at the file and line; export the two kinds into separate files if both matter.",
    },
    Notice {
        id: "forks",
        title: "Two repositories share their first commit",
        meaning: "Two of the repositories begin with the same commit, have different remotes, and each has commits that the other lacks. They are counted as two, so lines that both hold count in each.",
        what_to_do: "If they are one repository to you, name only the one whose main branch counts.",
    },
    Notice {
        id: "future-date",
        title: "Records lie in the future",
        meaning: "Records are dated after the date of this run. They are counted.",
        what_to_do: "Check the clock of the machine that wrote them, or --as-of.",
    },
    Notice {
        id: "guessed-timestamp",
        title: "A missing time was taken from the line before",
        meaning: "A record has no timestamp. In this format the line before it was written at almost the same time, so that time is used.",
        what_to_do: "Nothing.",
    },
    Notice {
        id: "history-without-parent",
        title: "The parent of a forked session is not among the logs",
        meaning: "A forked session starts with a copy of its parent's history, and the parent's own log was not read. The \
                  history is counted once, at the time of the copy: when it was spent is not known.",
        what_to_do: "Add the parent's log, so that its spend falls on the right days.",
    },
    Notice {
        id: "ignored-commit-elsewhere",
        title: "An ignored commit is not on the main branch",
        meaning: "`.git-blame-ignore-revs` names a commit that is not on the main branch, so there is nothing to ignore.",
        what_to_do: "Correct the id if it was meant to be ignored; rebases and squashes change ids.",
    },
    Notice {
        id: "invalid-utf8",
        title: "A line holds invalid text",
        meaning: "A line has bytes that are not UTF-8. They were replaced, and the rest of the line is counted.",
        what_to_do: "Nothing.",
    },
    Notice {
        id: "known-unread",
        title: "What an agent keeps is known and not read",
        meaning: "A file or a default place is that of an agent whose files hold no usage, or of which nobody has shown what they hold. The sums lack what it used. Where such a file was named, the exit code is 3.",
        what_to_do: "Use what the notice names instead. `tokaudit explain NAME` has more, such as `tokaudit explain cursor`, and docs/formats.md lists all.",
    },
    Notice {
        id: "link-loop",
        title: "A symbolic link leads in a circle",
        meaning: "A link points back to a folder above it, and was not followed.",
        what_to_do: "Nothing.",
    },
    Notice {
        id: "long-line",
        title: "A line is too long to keep in memory",
        meaning: "The usage in the line is counted; its edits and visible output are not read.",
        what_to_do: "Nothing.",
    },
    Notice {
        id: "long-value",
        title: "A JSON value is too large",
        meaning: "A JSON document, or an item of its list, has more than 256 MB. It is held whole while it is read, so it was passed over.",
        what_to_do: "Export shorter periods, or split the document into lines.",
    },
    Notice {
        id: "mainline-guessed",
        title: "The main branch was guessed",
        meaning: "No remote names the main branch, and HEAD is on a branch without a usual name or on none, so a branch with a usual name was taken, or else that of HEAD.",
        what_to_do: "Pass --branch NAME if another one is right. `git remote set-head origin --auto` asks the remote once and for all.",
    },
    Notice {
        id: "mainline-not-pushed",
        title: "The local main branch is ahead of its remote",
        meaning: "The main branch is the remote's, and the local branch of the same name has commits that it lacks. They count as work that was not merged.",
        what_to_do: "Push them, or pass --branch NAME to read the local branch. If they were pushed elsewhere, fetch the remote.",
    },
    Notice {
        id: "mainline-search-ended",
        title: "It was not found out whether one main branch contains another",
        meaning: "Two branches have names that a main branch usually has, and the newer one was searched for the tip of the other. After 20,000 commits the search ended, and the two count as separate branches, so the one that git names as the main one was read.",
        what_to_do: "Pass --branch NAME if the other one is right. `git remote set-head origin --auto` asks the remote once and for all.",
    },
    Notice {
        id: "merged-commits-not-followed",
        title: "Commits inside merges were not followed",
        meaning: "There are many merged commits. Lines that one author wrote in several of them are not separated; totals are not affected.",
        what_to_do: "Use `tokaudit ledger --table lines` to follow all of them.",
    },
    Notice {
        id: "missing-file",
        title: "The content of a file is missing in a clone",
        meaning: "A commit names a content that the clone does not have or that is damaged: a partial clone left it out, or an object was lost. The file is counted as changed and none of its lines are; lines of its other versions begin and end without being counted there.",
        what_to_do: "Run `git fetch --refetch --no-filter`, or clone the repository again. If one file was left out on purpose, nothing.",
    },
    Notice {
        id: "missing-input",
        title: "An input does not exist",
        meaning: "A file or folder that was named cannot be opened. The report covers the rest, and the exit code is 3.",
        what_to_do: "Check the path.",
    },
    Notice {
        id: "missing-names",
        title: "A forced format lacks columns",
        meaning: "--as names a format whose columns or keys the file does not have in full. What they would say is unknown.",
        what_to_do: "Check --as, or export the file with all its columns.",
    },
    Notice {
        id: "near-format",
        title: "A file almost matches a vendor's export",
        meaning: "The file was read by its canonical columns, and comes close to a vendor's format. A column may have been renamed.",
        what_to_do: "Restore the column's name, or pass --as FORMAT if the file is that export.",
    },
    Notice {
        id: "no-cost",
        title: "A session without a cost",
        meaning: "Crush records the cost of a session. One without a cost was not billed and is left out.",
        what_to_do: "Nothing.",
    },
    Notice {
        id: "no-timestamp",
        title: "A record has no time",
        meaning: "A record without a time belongs to no day, so it is rejected.",
        what_to_do: "Export the log with its timestamps.",
    },
    Notice {
        id: "no-tokens",
        title: "Usage without tokens",
        meaning: "A record reports no tokens at all, so nothing was billed. It is left out.",
        what_to_do: "Nothing.",
    },
    Notice {
        id: "no-usage",
        title: "No usage was found",
        meaning: "Files were read, but none of them holds a record of usage: sessions without an answer, or exports of a period without use.",
        what_to_do: "Nothing, unless there should be usage.",
    },
    Notice {
        id: "not-billed",
        title: "Messages that cost nothing",
        meaning: "Synthetic messages and API errors are in the log and were not billed. They are left out.",
        what_to_do: "Nothing.",
    },
    Notice {
        id: "nothing-read",
        title: "A recognised file gave nothing",
        meaning: "The keys of a file are those of a format, but none of its values has the shape that the format reads. Nothing of it is in the sums, and the exit code is 3.",
        what_to_do: "Look at the file: perhaps a newer version of the tool wrote it, or it was changed after the export. `tokaudit explain FORMAT` says what is read.",
    },
    Notice {
        id: "nul-bytes",
        title: "A crash left empty bytes",
        meaning: "A run of NUL bytes, which a crash leaves behind, was skipped; the rest of the line is counted.",
        what_to_do: "Nothing.",
    },
    Notice {
        id: "other-currency",
        title: "A bill is in another currency",
        meaning: "An export is in another currency than US dollars, its rows do not show what they are in dollars, and no rate is known. The amounts are summed by currency, and are in no sum of dollars. Where a row has tokens of a model with a known price, it counts at list price.",
        what_to_do: "Give the rate in [currency] of tokaudit.toml, with the day from which it applies: EUR = { 2026-01-01 = 1.08 }.",
    },
    Notice {
        id: "other-services",
        title: "Rows of a bill are not AI",
        meaning: "A cloud's bill holds every service. Rows of other services than AI are in no figure; the notice says how many there are and what they sum to in each file.",
        what_to_do: "Nothing, if the sum is what you expect. If a service of AI is among them, report its name.",
    },
    Notice {
        id: "part-over-total",
        title: "A part is larger than its total",
        meaning: "Cached input or reasoning is larger than the figure that includes it. The part was cut to fit.",
        what_to_do: "Nothing, if it is rare. Tell the vendor if it is not.",
    },
    Notice {
        id: "parts-differ",
        title: "Parts of an amount do not add up",
        meaning: "An export has an amount and its parts (gross and discount, quantity and price), and they disagree. The notice says which one is counted.",
        what_to_do: "Ask the vendor if the difference matters.",
    },
    Notice {
        id: "prices-in-yuan",
        title: "Prices are taken for yuan",
        meaning: "An export of DeepSeek has prices without a currency, and they are at least three times the prices in dollars. Its amounts are taken for yuan, which are not dollars; its tokens count at list price.",
        what_to_do: "Nothing, if the account is billed in yuan. To see its amounts in dollars, give a rate for CNY in [currency] of tokaudit.toml.",
    },
    Notice {
        id: "reformatting",
        title: "A commit only reformatted code",
        meaning: "A commit changed only the layout of many lines. Those lines keep their age, so it does not look like rework.",
        what_to_do: "Nothing. List the commit in .git-blame-ignore-revs to say so for good.",
    },
    Notice {
        id: "remote-head-stale",
        title: "A remote's HEAD names a branch that was renamed",
        meaning: "The clone's record of the remote's HEAD names a branch, such as master, that another main branch, such as main, contains and has left behind. Git never moves that record by itself. The branch that went on was read.",
        what_to_do: "Run `git remote set-head origin --auto` in the clone. If the older branch is right, pass --branch NAME.",
    },
    Notice {
        id: "rename-limit",
        title: "Renames may have been missed",
        meaning: "A commit deletes and adds too many files to compare all pairs. Only renames without edits, and those that keep the file's name, were looked for.",
        what_to_do: "Nothing.",
    },
    Notice {
        id: "repeated-ids",
        title: "Many answers have one message id",
        meaning: "A relay or gateway gave many answers the same message id. They were separated by their request id; where \
                  there is none, by session, time and the user's lines between them.",
        what_to_do: "Check the number of requests against the relay's own count.",
    },
    Notice {
        id: "replaced-rows",
        title: "Rows of one file replaced those of another",
        meaning: "Two files hold rows that agree in everything that sets rows apart, with different figures. The newer one counts, by the date that the rows or the file's name give, else the later by name; the notice has both files and both sums. That is right for an export that was made again. It is too low if the files are of two accounts or months that the rows do not name.",
        what_to_do: "If both files count, put the month into their names (2026-05.csv), or export with a column that names the account. If one is old, remove it.",
    },
    Notice {
        id: "replayed-history",
        title: "A forked session repeats its parent",
        meaning: "A forked or copied session starts with the history of another one: the same models and counts in the same \
                  order, as its log says or at the same times, whatever the ids. That spend is counted once, in the first log.",
        what_to_do: "Nothing.",
    },
    Notice {
        id: "same-file",
        title: "A file was reached twice",
        meaning: "A file was named twice, or reached through a link. It was read once.",
        what_to_do: "Nothing.",
    },
    Notice {
        id: "same-repository",
        title: "A repository was named in two clones",
        meaning: "Two of the paths are clones or copies of one repository. Its commits and lines are counted once, from the clone with the longer history; folders of both belong to it.",
        what_to_do: "Nothing.",
    },
    Notice {
        id: "separate-spend",
        title: "Spend that is not in the bill",
        meaning: "For a vendor and day there is a bill, or the vendor's own count, and logs show more than it, or a model that it does not name. That part cannot be in the bill: it is on another account or plan. It is counted in addition to the bill, with the amount and the vendor in the notice.",
        what_to_do: "Check that the bill covers all accounts. If logs belong to another account, say so in [accounts] of tokaudit.toml or with --separate FORMAT. If the prices differ, give yours with --prices.",
    },
    Notice {
        id: "shallow-clone",
        title: "The clone is shallow",
        meaning: "Older history is missing from this clone, so births of old lines are unknown.",
        what_to_do: "Run `git fetch --unshallow`, then run again.",
    },
    Notice {
        id: "side-file",
        title: "A file beside the logs holds something else",
        meaning: "A file in a folder of logs holds seats, pull requests, outcomes, budgets or prices. It is no usage, and it is read only when it is passed as such.",
        what_to_do: "Pass it with the flag or in the section that the notice names.",
    },
    Notice {
        id: "sources-overlap",
        title: "Two sources report the same spend",
        meaning: "The same spend appears in two sources, for example in an agent's log and in a vendor's bill. It is counted once: the bill sets the amount, the log the details.",
        what_to_do: "Nothing. `tokaudit explain coverage` has the rule.",
    },
    Notice {
        id: "superseded-file",
        title: "An older version of a bill was not read",
        meaning: "A folder of a month holds several versions of the same bill. The manifest names the current one, else the newest by name counts. The rows of the older ones have other ids, so they would count twice.",
        what_to_do: "Nothing, if the version named in the notice is the current one.",
    },
    Notice {
        id: "tax-rows",
        title: "Tax was left out",
        meaning: "A bill has tax in rows of their own. It is not the price of anything that was used, so it is in no figure; the notice says what it sums to.",
        what_to_do: "Nothing. To compare with the amount that was paid, add it.",
    },
    Notice {
        id: "title-lines",
        title: "Lines above a table were passed over",
        meaning: "A table has titles or notes above the row that names its columns. They are not records.",
        what_to_do: "Nothing, unless the notice names a row of the table.",
    },
    Notice {
        id: "told-twice",
        title: "Usage is reported twice",
        meaning: "An agent's total and its parts, or spans and events of the same calls, report the same usage. It is counted once.",
        what_to_do: "Nothing.",
    },
    Notice {
        id: "total-differs",
        title: "A total is not the sum of its parts",
        meaning: "Records carry their own total, and no way of summing their parts gives it. The parts are counted; the notice says how much the totals are larger in sum.",
        what_to_do: "Look at the record that the notice names. A part may have a name that is not read, or the export may be damaged.",
    },
    Notice {
        id: "total-only",
        title: "Only a total is known",
        meaning: "A record has a total and no input or output. All of it is counted as input, so its cost is a lower limit.",
        what_to_do: "Nothing.",
    },
    Notice {
        id: "total-row",
        title: "A row of totals was set aside",
        meaning: "A row without a time, or labelled as a total, has the sums of the rows above it. Counting it would double the spend.",
        what_to_do: "Nothing.",
    },
    Notice {
        id: "undated",
        title: "Records have no time",
        meaning: "An export without dates is counted at the period asked for, or at the date of the run.",
        what_to_do: "Say which period it covers with --since and --until, or --month.",
    },
    Notice {
        id: "unknown-deployment",
        title: "A deployment names what no repository has",
        meaning: "A row of --deployments names a commit or a tag that none of the repositories has. It says of no merged change that it was released.",
        what_to_do: "Fetch the repository with its tags, pass it with --repo, or check the column `repository`.",
    },
    Notice {
        id: "unpriced",
        title: "Records have no price",
        meaning: "A model, a kind of tokens or a service tier is not in the price book. The tokens are counted; they are in no sum of dollars.",
        what_to_do: "Add prices with --prices FILE, in the columns of `tokaudit ledger --table prices`.",
    },
    Notice {
        id: "unread-figures",
        title: "Records hold figures that are not read",
        meaning: "A record that is counted also has numbers under keys or in columns that look like usage or money, and that tokaudit neither reads nor leaves on purpose. Each is named with its format and path, how many values other than zero there are, and their sum. They are in no total. --strict makes this exit code 4.",
        what_to_do: "Compare the sum with your totals. If it matters, report the format and the path; `tokaudit explain FORMAT` says what is counted.",
    },
    Notice {
        id: "unread-file",
        title: "A file looks like an export and was not read",
        meaning: "A file is an archive or a workbook of a kind that is not read, needs a password, or is too large inside of an archive. The sums lack whatever it holds.",
        what_to_do: "Unpack the archive, save the workbook as .xlsx without a password, or export CSV. Leave the file out if it is not an export.",
    },
    Notice {
        id: "unreadable-file",
        title: "A file cannot be read to its end",
        meaning: "Reading a file failed. Records before the failure are counted, and the exit code is 3.",
        what_to_do: "Check permissions and the disk, or copy the file again.",
    },
    Notice {
        id: "unreadable-folder",
        title: "A folder cannot be listed",
        meaning: "The files of a folder could not be found. The report covers the rest, and the exit code is 3.",
        what_to_do: "Check its permissions.",
    },
    Notice {
        id: "unrecognised-file",
        title: "A file in a folder is not a usage log",
        meaning: "No format matches the file, so nothing was read from it.",
        what_to_do: "Nothing, unless it is a log: `tokaudit explain formats` lists the formats, and --as FORMAT forces one.",
    },
    Notice {
        id: "unrecognised-input",
        title: "A named file is not a usage log",
        meaning: "No format matches a file that was named on the command line. The exit code is 3.",
        what_to_do: "`tokaudit explain formats` lists the formats; --as FORMAT forces one.",
    },
    Notice {
        id: "unrecognised-log",
        title: "A log in a folder was not recognised",
        meaning: "A file has one JSON object a line, or is a SQLite database, and no format reads it. If it holds usage, the sums lack it.",
        what_to_do: "`tokaudit explain formats` lists the formats, and --as FORMAT forces one. Leave the file out if it is not a usage log.",
    },
];

/// The page of an id.
#[must_use]
pub fn find(id: &str) -> Option<&'static Notice> {
    NOTICES.binary_search_by(|notice| notice.id.cmp(id)).ok().map(|at| &NOTICES[at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_is_found_by_its_id() {
        for notice in NOTICES {
            assert_eq!(find(notice.id), Some(notice), "{} is out of order or there twice", notice.id);
        }
        assert_eq!(find("nothing"), None);
    }
}
