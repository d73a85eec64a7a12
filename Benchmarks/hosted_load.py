"""What conversations with hosted providers cost the server, when the providers' work is done elsewhere."""
import asyncio

from hosted import Company, Doubles, Shares, serving
from measuring import load_average, say
from pipeline import SCRIPT

PERIOD = 6.0  # s; a question of 2 s, an answer of as much, and the silences around them
ROWS = [(10, 4), (25, 4), (50, 4)]
QUICK = [(10, 2)]


async def measure(server, doubles, count, rounds):
    company, shares = Company(count, PERIOD), Shares(server, doubles)
    await company.open(server)
    await company.talk(1)
    heard = sum(talker.audio for talker in company.talkers)
    company.late = 0.0
    shares.begin()
    await company.talk(rounds, silence=0.1)
    shares.end()
    company.close()
    heard = sum(talker.audio for talker in company.talkers) - heard
    turns = company.turns(first=1)
    each = shares.server / count
    print(
        f"  {count:5}{each:12.2f}{100 / each:9.0f}{heard / shares.seconds / count:10.2f}{1000 * company.late:9.0f}"
        f"{shares.server:9.0f}{shares.doubles:11.0f}{shares.client:9.0f}{shares.all:9.0f}"
        f"{sum(not turn.audio for turn in turns):12}"
    )


def run(quick):
    print("\nWhat conversations with hosted providers cost: a turn each 6 s, everybody streaming all the time")
    print(
        f"  {'n':>5}{'% of core':>12}{'a core':>9}{'answer':>10}{'late ms':>9}{'server %':>9}{'stand-ins %':>11}"
        f"{'client %':>9}{'all %':>9}{'unanswered':>12}"
    )
    for count, rounds in QUICK if quick else ROWS:
        say(f"hosted load: {count} conversations")
        with Doubles(SCRIPT) as doubles, serving(doubles) as server:
            asyncio.run(measure(server, doubles, count, rounds))
    print(f"  {load_average()}. 'a core': 100 divided by '% of core', the processor time of the server alone; not a load that")
    print("  was tried. 'answer': seconds of answers spoken to each in a second. Stand-ins and client are processes of their")
    print("  own; without TLS on either side.")
