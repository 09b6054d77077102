"""How people write a point in time: words, zones, days, clocks, lengths. `bot.domain.when` reads
all of it together."""
