package dev.fettle.graph.query;

import dev.fettle.base.Refusal;
import java.util.Locale;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class QueryStringTest {

  @Property(tries = 500)
  boolean any_query_is_taken_apart_or_refused(@ForAll String raw) {
    try {
      QueryString.parse(raw.toLowerCase(Locale.ROOT));
      return true;
    } catch (Refusal refusal) {
      return true;
    }
  }

  @Property(tries = 500)
  boolean what_is_encoded_is_decoded_to_the_same(@ForAll("texts") String text) {
    return QueryString.decode(QueryString.encode(text)).equals(text);
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.strings()
        .excludeChars('\0')
        .filter(text -> !text.chars().anyMatch(c -> Character.isSurrogate((char) c)));
  }
}
