// Lines that are all alike to columns: one pass over the bytes, every line verified against the steps of its format.
// compiled.py writes the steps and copies the columns out. `.ci/kernel` makes columns.wasm of it.
#include <stdint.h>
#include <wasm_simd128.h>

enum { NOTHING, COUNT, TIME, TIME_OR_DASH, LABEL, TEXT };
enum { MOST_STEPS = 64 };
#define MISSING INT64_MIN

typedef struct { // a value, and the literal that stands behind it
    uint32_t kind, json, blank; // what it is read as; whether it is written as JSON; a byte that it cannot hold, beside the quote
    uint32_t literal, length;
    uint32_t out;                          // where the column goes: numbers, codes of labels, or the spans of texts
    uint32_t used, mask, slots, words;     // distinct labels: hash and code + 1 in each slot, a span for each code
    uint32_t texts, offsets, known, bytes; // how many texts or distinct labels there are, and where they were packed
} Step;

typedef struct { uint32_t at, length; } Span;

static inline int same(const uint8_t *a, const uint8_t *b, uint32_t n) {
    while (n >= 16) {
        if (wasm_i8x16_bitmask(wasm_i8x16_ne(wasm_v128_load(a), wasm_v128_load(b)))) return 0;
        a += 16, b += 16, n -= 16;
    }
    if (!n) return 1;
    uint32_t differ = wasm_i8x16_bitmask(wasm_i8x16_ne(wasm_v128_load(a), wasm_v128_load(b)));
    return !(differ & ((1u << n) - 1));
}

static inline const uint8_t *find(const uint8_t *p, uint8_t a, uint8_t b) {
    v128_t va = wasm_i8x16_splat(a), vb = wasm_i8x16_splat(b), quote = wasm_i8x16_splat('"'), end = wasm_i8x16_splat('\n');
    for (;; p += 16) {
        v128_t v = wasm_v128_load(p);
        v128_t hit = wasm_v128_or(wasm_v128_or(wasm_i8x16_eq(v, va), wasm_i8x16_eq(v, vb)), wasm_v128_or(wasm_i8x16_eq(v, quote), wasm_i8x16_eq(v, end)));
        uint32_t bits = wasm_i8x16_bitmask(hit);
        if (bits) return p + __builtin_ctz(bits);
    }
}

// The end of a JSON string: its quote, or what makes it no plain text.
static inline const uint8_t *string_end(const uint8_t *p) {
    v128_t quote = wasm_i8x16_splat('"'), escape = wasm_i8x16_splat('\\'), control = wasm_i8x16_splat(' ');
    for (;; p += 16) {
        v128_t v = wasm_v128_load(p);
        v128_t hit = wasm_v128_or(wasm_v128_or(wasm_i8x16_eq(v, quote), wasm_i8x16_eq(v, escape)), wasm_u8x16_lt(v, control));
        uint32_t bits = wasm_i8x16_bitmask(hit);
        if (bits) return p + __builtin_ctz(bits);
    }
}

static inline const uint8_t *next_line(const uint8_t *p) {
    v128_t end = wasm_i8x16_splat('\n');
    for (;; p += 16) {
        uint32_t bits = wasm_i8x16_bitmask(wasm_i8x16_eq(wasm_v128_load(p), end));
        if (bits) return p + __builtin_ctz(bits) + 1;
    }
}

static inline int is_dash(const uint8_t *p, uint32_t n) { return n == 0 || (n == 1 && *p == '-'); }

static inline int number(const uint8_t *p, uint32_t n, int64_t *out) {
    if (is_dash(p, n)) return *out = MISSING, 1;
    int minus = *p == '-';
    p += minus, n -= minus;
    if (n == 0 || n > 18) return 0;
    int64_t found = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint8_t digit = p[i] - '0';
        if (digit > 9) return 0;
        found = found * 10 + digit;
    }
    *out = minus ? -found : found;
    return 1;
}

static inline int instant(const uint8_t *p, uint32_t n, int64_t *out) {
    if (n != 24) return 0;
    static const uint8_t shape[24] = "0000-00-00T00:00:00.000Z";
    int32_t d[24];
    for (int i = 0; i < 24; i++) {
        d[i] = p[i] - '0';
        if (shape[i] == '0' ? (uint32_t)d[i] > 9 : p[i] != shape[i]) return 0;
    }
    int32_t y = d[0] * 1000 + d[1] * 100 + d[2] * 10 + d[3], m = d[5] * 10 + d[6], day = d[8] * 10 + d[9];
    int32_t h = d[11] * 10 + d[12], mi = d[14] * 10 + d[15], s = d[17] * 10 + d[18];
    if (m > 12 || day > 31 || h > 23 || mi > 59 || s > 59) return 0;
    y -= m <= 2;
    int32_t of_year = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t days = 365 * (int64_t)y + y / 4 - y / 100 + y / 400 + of_year - 719468;
    *out = ((days * 86400 + (h * 60 + mi) * 60 + s) * 1000 + d[20] * 100 + d[21] * 10 + d[22]) * 1000;
    return 1;
}

static uint8_t *heap;
static uint64_t key = 0x9E3779B97F4A7C15ull;

static inline uint8_t *take(uint32_t bytes) {
    uint8_t *p = heap;
    heap += (bytes + 15) & ~15u;
    uint32_t need = ((uint32_t)heap + 65535) >> 16, have = __builtin_wasm_memory_size(0);
    if (need > have) __builtin_wasm_memory_grow(0, need - have + 64);
    return p;
}

static inline uint64_t hash(const uint8_t *p, uint32_t n) {
    uint64_t h = n * key, w;
    while (n > 8) {
        __builtin_memcpy(&w, p, 8);
        h = (h ^ w) * key;
        h ^= h >> 29;
        p += 8, n -= 8;
    }
    if (n) {
        __builtin_memcpy(&w, p, 8);
        w &= ~0ull >> (64 - 8 * n);
        h = (h ^ w) * key;
    }
    return h ^ (h >> 32);
}

static void grow(Step *s) {
    uint32_t size = s->mask ? (s->mask + 1) * 2 : 256;
    uint32_t *old = (uint32_t *)s->slots, *slots = (uint32_t *)take(size * 8);
    Span *words = (Span *)take(size * sizeof(Span) / 2);
    for (uint32_t i = 0; i < size * 2; i++) slots[i] = 0;
    for (uint32_t i = 0; s->mask && i <= s->mask; i++) {
        if (!old[2 * i + 1]) continue;
        uint32_t at = old[2 * i] & (size - 1);
        while (slots[2 * at + 1]) at = (at + 1) & (size - 1);
        slots[2 * at] = old[2 * i], slots[2 * at + 1] = old[2 * i + 1];
    }
    for (uint32_t i = 0; i < s->used; i++) words[i] = ((Span *)s->words)[i];
    s->slots = (uint32_t)slots, s->words = (uint32_t)words, s->mask = size - 1;
}

static inline int32_t code_of(Step *s, const uint8_t *p, uint32_t n) {
    if (2 * (s->used + 1) > s->mask) grow(s);
    uint32_t h = (uint32_t)hash(p, n), at = h & s->mask, *slots = (uint32_t *)s->slots;
    Span *words = (Span *)s->words;
    for (; slots[2 * at + 1]; at = (at + 1) & s->mask) {
        if (slots[2 * at] != h) continue;
        Span w = words[slots[2 * at + 1] - 1];
        if (w.length == n && same((const uint8_t *)w.at, p, n)) return slots[2 * at + 1] - 1;
    }
    slots[2 * at] = h, slots[2 * at + 1] = ++s->used;
    words[s->used - 1] = (Span){(uint32_t)p, n};
    return s->used - 1;
}

// Forgets all that was read; gives where the next block goes.
__attribute__((export_name("begin"))) uint32_t begin(uint32_t bytes, uint64_t seed) {
    extern uint8_t __heap_base;
    heap = (uint8_t *)(((uint32_t)&__heap_base + 15) & ~15u);
    key = seed | 1;
    return (uint32_t)take(bytes);
}

__attribute__((export_name("allocate"))) uint32_t allocate(uint32_t bytes) { return (uint32_t)take(bytes); }

__attribute__((export_name("count"))) uint32_t count(const uint8_t *p, uint32_t length) {
    uint32_t lines = 0;
    const uint8_t *end = p + length;
    v128_t n = wasm_i8x16_splat('\n');
    for (; p + 16 <= end; p += 16) lines += __builtin_popcount(wasm_i8x16_bitmask(wasm_i8x16_eq(wasm_v128_load(p), n)));
    for (; p < end; p++) lines += *p == '\n';
    return lines;
}

// Finds the end of the value at *p, and moves *p behind a quote that begins it, or to 0 for null. Gives 0 when it is no such value.
static inline const uint8_t *value_end(const uint8_t **p, const Step *s, uint32_t *length) {
    const uint8_t *q, *from = *p;
    if (!s->json) {
        q = find(from, *(const uint8_t *)s->literal, s->blank);
        return *length = q - from, q;
    }
    if (*from == '"') {
        q = string_end(++*p);
        return *length = q - *p, *q == '"' ? q + 1 : 0;
    }
    q = find(from, *(const uint8_t *)s->literal, ',');
    *length = q - from;
    if (*length == 4 && same(from, (const uint8_t *)"null            ", 4)) return *p = 0, *length = 0, q;
    uint32_t minus = *from == '-';
    return s->kind == COUNT && *length > minus && (from[minus] != '0' || *length == minus + 1) ? q : 0;
}

static inline int is_kind(uint32_t kind, const uint8_t *p, uint32_t n, int64_t *out) {
    switch (kind) {
    case COUNT:
        return number(p, n, out);
    case TIME_OR_DASH:
        if (is_dash(p, n)) return *out = MISSING, 1;
        // fall through
    case TIME:
        return instant(p, n, out);
    }
    return 1;
}

// Reads all lines; gives how many fit, and in `lines` which. The first literal stands before the first value.
__attribute__((export_name("read"))) uint32_t read(const uint8_t *p, uint32_t length, Step *steps, uint32_t n_steps, const uint8_t *first,
                                                   uint32_t first_length, int32_t *lines) {
    const uint8_t *end = p + length;
    uint32_t row = 0;
    Span spans[MOST_STEPS];
    int64_t numbers[MOST_STEPS];
    for (uint32_t line = 0; p < end; line++) {
        uint32_t i = 0;
        if (same(p, first, first_length)) {
            p += first_length;
            for (; i < n_steps; i++) {
                const Step *s = &steps[i];
                uint32_t n;
                const uint8_t *value = p, *q = value_end(&value, s, &n);
                if (!q || !same(q, (const uint8_t *)s->literal, s->length) || !is_kind(s->kind, value, n, &numbers[i])) break;
                spans[i] = (Span){(uint32_t)value, n};
                p = q + s->length;
            }
        }
        if (i < n_steps) {
            p = next_line(p);
            continue;
        }
        for (i = 0; i < n_steps; i++) {
            Step *s = &steps[i];
            if (s->kind == LABEL) { // in JSON a dash is said, and null is not
                const uint8_t *from = (const uint8_t *)spans[i].at;
                int missing = s->json ? !from : is_dash(from, spans[i].length);
                ((int32_t *)s->out)[row] = missing ? -1 : code_of(s, from, spans[i].length);
            } else if (s->kind == TEXT) {
                ((Span *)s->out)[row] = spans[i];
            } else if (s->kind != NOTHING) {
                ((int64_t *)s->out)[row] = numbers[i];
            }
        }
        lines[row++] = line;
    }
    return row;
}

// Puts texts one behind the other; notes where each begins, and a bit for each that there is.
static void pack(Step *s, const Span *texts, uint32_t n) {
    int32_t *offsets = (int32_t *)take(4 * n + 4);
    uint8_t *known = take(n / 8 + 1);
    uint32_t total = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t missing = !texts[i].at || (s->kind == TEXT && is_dash((const uint8_t *)texts[i].at, texts[i].length));
        known[i / 8] = (i % 8 ? known[i / 8] : 0) | !missing << i % 8;
        offsets[i] = total;
        total += missing ? 0 : texts[i].length;
    }
    offsets[n] = total;
    uint8_t *out = take(total + 16);
    for (uint32_t i = 0; i < n; i++) {
        const uint8_t *from = (const uint8_t *)texts[i].at;
        uint32_t length = offsets[i + 1] - offsets[i];
        for (uint32_t done = 0; done < length; done += 16) wasm_v128_store(out + offsets[i] + done, wasm_v128_load(from + done));
    }
    s->texts = n, s->offsets = (uint32_t)offsets, s->known = (uint32_t)known, s->bytes = (uint32_t)out;
}

__attribute__((export_name("pack"))) void pack_all(Step *steps, uint32_t n_steps, uint32_t rows) {
    for (Step *s = steps; s < steps + n_steps; s++) {
        if (s->kind == TEXT) pack(s, (const Span *)s->out, rows);
        if (s->kind == LABEL) pack(s, (const Span *)s->words, s->used);
    }
}

// The checksum of this file when it was compiled.
__attribute__((export_name("source"))) uint32_t source(void) { return SOURCE; }
