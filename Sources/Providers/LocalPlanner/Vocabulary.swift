/// The English that the planner knows.
enum Vocabulary {
    private static func set(_ words: String) -> Set<String> {
        Set(words.split(whereSeparator: \.isWhitespace).map(String.init))
    }

    /// Words that say nothing about what a text is about.
    static let stopWords = set(
        """
        a about above after again against ain't all also always am an and any anybody anyone anything are aren't around
        as ask asked asking asks at away be because been before being below best better between both but by bye can
        can't cannot could couldn't did didn't do does doesn't doing don't done down during each else enough er erm
        especially etc ever every everyone everything few for from further get gets getting give given go goes going
        good got great had hadn't has hasn't have haven't having he he'd he'll he's hello help her here hers herself hey
        hi him himself his hm how how's however i i'd i'll i'm i've if in instead into is isn't it it'd it'll it's its
        itself just know let let's like lot lots made make makes making many may maybe me mean might mine more most much
        must mustn't my myself need needs never new next no nobody nor not nothing now of off oh ok okay on once one
        only onto or other others ought our ours ourselves out over own per perhaps please possible quite rather really
        right said same say says see shall she she'd she'll she's should shouldn't so some somebody someone something
        soon sort still such sure take tell than thank thanks that that'd that'll that's the their theirs them
        themselves then there there's therefore these they they'd they'll they're they've thing things think this those
        through till to today together tomorrow tonight too toward towards try trying uh uhm um under until up upon us
        use using very via want wanted wants was wasn't way ways we we'd we'll we're we've well were weren't what what's
        whatever when when's where where's whether which while who who's whom whose why why's will with within without
        won't would wouldn't yeah yes yet you you'd you'll you're you've your yours yourself yourselves
        """)

    /// Words that a phrase cannot end in.
    static let hanging = set(
        """
        a about after against an and are as at be because before between but by can could for from has have her his how
        i if in into is it's its my nor of on or our over so than that the their these this those through to toward
        towards under until was we were when where whether which while who whose will with within without would you
        your
        """)

    /// Words of descriptions that say that there is an agent or a plan, which everybody knows.
    static let roleWords = set(
        """
        act acts agent agents answer answers assist assistant assists base based bot build builds clear create creates
        deliver delivers describe description design designs detailed develop develops draft drafts ensure expert
        experts explain explains field focus focused focuses friendly generate generates handle handles helpful helps
        insight insights knowledge offer offers outline outlines plan planner planners planning plans prepare prepares
        produce produces provide provides recommend recommends respond responds responsible role seasoned service
        specialised specialist specialized step steps suggest suggests support supports system task tasks various write
        writes customer's user's users user customer customers caller callers
        """)

    /// Verbs with which people and descriptions begin, in their base form.
    static let verbs = set(
        """
        act add adjust advise aggregate analyse analyze answer apply arrange assess assist avoid bake balance book boost
        budget build buy calculate call cancel change check choose clarify clean collect compare complete compute
        connect control convert cook coordinate cover craft create cut deal decide define deliver describe design detect
        determine develop diagnose discuss diversify draft earn educate ensure estimate evaluate examine exchange explain
        explore extract feed file find fix fly follow forecast generate give greet grow guard guide handle hedge help
        hire identify implement improve increase inform inspect install invest investigate keep lead learn leave list
        locate look lose lower maintain make manage map measure minimise minimize mitigate monitor move negotiate offer
        open optimise optimize order organise organize outline pack pay perform pick plan prepare present prevent price
        prioritise prioritize produce propose protect provide quantify raise rank read rebalance recommend reduce
        register remember renew rent repair replace report reschedule research resolve respond review route run save
        schedule search secure select sell send serve set settle share solve sort spend start stop strengthen study
        suggest summarise summarize support talk teach test track trade train translate travel treat triage understand
        update validate verify visit walk warn wash welcome win work write
        """)

    /// Verbs that say little by themselves and are still what somebody wants: `see a doctor`.
    static let plainVerbs: Set<String> = ["see", "get", "make", "go", "take", "give", "use"]

    /// Cuts the endings off that keep two forms of a word apart: `hedging`, `hedged`, `hedges` → `hedg`.
    static func stem(_ word: String) -> String {
        var stem = word
        func cut(_ ending: String, leaving minimum: Int) -> Bool {
            guard stem.hasSuffix(ending), stem.count - ending.count >= minimum else { return false }
            stem.removeLast(ending.count)
            return true
        }
        _ = cut("'s", leaving: 1)
        if cut("ies", leaving: 2) {
            stem += "y"
        } else if !stem.hasSuffix("ss") && !stem.hasSuffix("us") && !stem.hasSuffix("is") {
            _ = cut("s", leaving: 3)
        }
        if cut("ing", leaving: 3) || cut("ed", leaving: 3) {
            let twins = stem.suffix(2)
            if let last = twins.last, twins.first == last, !"lsz".contains(last) { stem.removeLast() }
        } else if cut("ment", leaving: 4) || cut("tion", leaving: 4) {
            return stem
        }
        if stem.count > 5 && stem.hasSuffix("ll") { stem.removeLast() }
        _ = cut("e", leaving: 3)
        if stem.count > 3 && stem.hasSuffix("y") { stem = stem.dropLast() + "i" }
        return stem
    }

    /// The base form when `word` is one of `verbs` in the base form or in the third person; nil otherwise.
    static func baseVerb(_ word: String) -> String? {
        if verbs.contains(word) { return word }
        if word.hasSuffix("ies"), verbs.contains(word.dropLast(3) + "y") { return word.dropLast(3) + "y" }
        if word.hasSuffix("s"), verbs.contains(String(word.dropLast())) { return String(word.dropLast()) }
        if word.hasSuffix("es"), verbs.contains(String(word.dropLast(2))) { return String(word.dropLast(2)) }
        return nil
    }
}
