// Made by training/mini/words.mjs: the names and keywords of 489 emoji (emojibase-data, MIT), their
// group words, colors and the templates that the embedded model was trained with.
const list = `
0 143 4 5 8 8ball a abacus absorbing accessibility accordion acidity action adhesive adorbs
aeroplane af air aircraft airplane alarm alcohol ale alert alien aliens almond alpha
ambulance american amphora an anchor and angle animal animals anniversary ant antarctica
antenna apple aquarium aquarius archer archery arrived arrow art articulated artist arts
artsy arty asian astronomy athletic attraction aubergine australia automobile autumn avocado
awesome ax axe babies baby back background backpack backpacking bacon bad badminton bag bagel
bags baguette bakery ball balloon bamboo banana band bandage banjo bank bar barrel baseball
basket basketball bat bath bathing bathroom bathtub battery bday beach beacon beans beanstalk
bear bearer beauty beaver bed bee beer beetle bell bent bento berries berry bestest beverage
bicycle big bike bikini bilberry billed billiard billionaire bird birdie birth birthday
bisque black blades bleed blood blossom blue blueberries blueberry board boat boba bok bolt
bone boo bookbag boom boomerang boot booze born bottle bouquet bow bowl bowling box boxing
brachiosaurus brainy bread break breakfast breaky brew briefcase bright broccoli broken
brontosaurus broom brown brr brush bs bubble bucket bug building bulb bull bullet bullseye
bumblebee bundle bunny buoy burger burgers burn burrito bus butter butterfly c cab cabbage
cabbie caboose cactus cafe caffeine cake calculation calculator calendar camcorder camel
camera camping can cancer candle candy canned cantaloupe cap capricorn capsicum car carbs
card cardiac carp carrot cars cart casino cask castle casual cat catch cats cavities
celebrate celebration cell cereal cha chai chair champion champs cheese chef chemist
chemistry cherries cherry chess chest chestnut chick chicken chime chip chocolate choo chop
chopsticks choy christmas circle citrus clapper class classy claws clean cleaning clever
climb closed closet clothes clothing cloud clover clown club clue coat cocktail coconut
coffee cog cogwheel colada cold collage collar colorful comet comfortable comic communication
computer concertina conch condiment confetti congee contact container controller convoluted
cooked cookie cooking cops copter corn cosmetics country cow cowboy cowgirl crab cracked
cracker cream creative creature crescent crochet crocodile croissant crook cropped crops
crossed crown crushed crystal crêpe cube cucumber cup cupcake curious curling curry curve cut
cutlery cutting cycle cycling cyclist cygnet dad dagger dairy dam dance danger dark dart date
decor deer delicious delivery denim dental desert desktop dessert diamond dice die diet
dinner dinosaur dionysus diplodocus direct disc disco disguise disguised dish dishes disk
dive diving doctor dog dogs doll dolls donation donut doo door doughnut dove down dr dragon
dress dressed drink drinking drinks drive driving dromedary drop droplet drought drove drugs
drum drumstick drumsticks drunk duck duckling dumpling dung dupe dynamite e eagle ear earbud
easy eat edamame education egg eggplant eight electric electricity electronics elegant
elephant elevator email emergency emotion empanada employed empty engaged engagement engine
ensnare entertainment envelope equestrian equipment escargot european evergreen evil excited
expendable experiment expert explosive extinction extinguish extinguisher extra
extraterrestrial eye eyebrow eyeglasses eyewear face facing factory fairy fairytale fall
fallen falling family fancy fantasy farm farming fashion fast feed feet feline festival fife
filling fire firecracker fireworks fish fishes fishing flamboyant flame flamingo flash
flashlight flatbed flathead flautist flavor flavoring float floppy flower flu fluctuate flute
fly flying fml food foot football forest fork formal fortune fountain four fox frame
frankfurter french fresh fried fries frog front fruit fry frying full fungi fungus futbol
future gamble gambling game gang garbage garden garlic garnish gay gear geek gem genderqueer
geometric ghost gift gifted ginger giraffe glass glasses glbt glbtq glide glitter glove
gloves goat gobble goggles good gorilla graduation grain grains grape grapes green grinning
grizzly grow growl growth guitar gun gyōza hail halloween hamburger hammer hand handbag
handgun handle handy hang happy hashi hat hatchet hats haunting headphone health heart
heartbroken hedgehog heel heeled heels helicopter herb hibiscus high hiking hippo
hippopotamus hit hocho hockey hoist home honey honeybee honeypot hook hoop hooray horn horse
horseshoe hospital hot hotcake hotdog hotel house hump hungry hygiene ice iceberg idea ily
image improvement incognito indecisive infant injury insect instrument intelligent
interlocking intersection invertebrate irish iron jack jacket japanese jar jeans jelly
jellyfish jeotgarak jet jewel jiaozi jigsaw joey joystick judo jug juice jump kale kangaroo
karaoke karate key keyboard keys kick kidney kimono king kitchen kite kitten kitty kiwi knife
knights knit koala kuaizi lab ladder lady ladybird ladybug lake lambchop lantern laptop large
lather launch laundry lazy leaf leafy leg legume lemon leo leopard lesbian letter lettuce
lgbt lgbtq lgbtqia liberty life lifesaver lift light lightning lime lion lipstick lit litaf
lizard loaf lobster lock locked locomotive lollipop lonely lorry love lucky luge lunch luxury
machine mad magic magician magnet magnetic mai mail mailbox maize major makeup malt mammal
mammoth man mane mango maple maracas marching margarita marine married marsupial martial
martini mask math maze meal meat meatballs mechanic medical medicated medicine medieval
medium melon men menstruation meow mexican mic microphone microscope milk millionaire minibus
mirror mobile mojito money monitor monkey monocle monster moo moon morning motor motorcycle
mouse moustache mouth move movie mug museum mushroom music musical mustache natural nature
neck necktie nectarine needle negative nerd new newborn night noodle nose note notes nothing
nurturing nut ny nyc o oatmeal object ocean octagonal octoberfest octopus of office
oktoberfest olive on oncoming one onion oolong open opening ophiuchus orange orchestra order
ornithology ostentatious ouch outdoors over owl oyster package paddle pail paintbrush painter
painting palette palm pan pancake pancakes panda pants paper paperclip parachute parasail
parcel parrot party partying passenger password pasta pastry patrol paw pawn paws pc pea
peace peach peacock peahen peanut peanuts pear pearl pen penalty pencil penguin pepper
pepperoni percussion person personal pet pho phone photo photograph piano piccolo pick pickle
pickup picnic pie piece pierogi pig pile pill pills pin pina pine pineapple ping pingpong
pink pint pipe pirate pisces pistol pizza piña plane planet plankton plant plaything plug
plush pod point pole police pong poo pool poop pop popcorn popper popping pork porkchop
porous porridge portobello positive post postbox pot potassium potato potsticker potted
poultry prawn predator present preserver pretty pretzel pride print printer prints private
prize prophecy protection proud puck pumpkin puppies puppy purple purse pushpin puzzle queen
queer quench rabbit raccoon racehorse racing racquet radio railway rain rainbow ramen ranch
rattle rawr rays rebound recorder recreational red reflection reflector refreshing repairs
repercussion reptile rescue resort restaurant revolver revolving rex rhinoceros ribbon rice
rich ride ring ringed ripe roar roasted robot rock rocket rockets roflcopter roll roller
romance romantic root rose royal royalty rucksack rugby rule ruler rung running s sad safari
safety sagittarius sailboat sailing salad salsa salt salty sandwich sapling satchel satellite
saturn saturnine sauce saucer sauropod sausage save saver sax saxophone scarf scary schmear
scholar school science scientist scissors scooter scorpio scorpion scorpius screw screwdriver
scuba sea seafood seat seedling selfie selling semi serious serpent set settle sewing shake
shaker shamrock shape shark sheaf shell shellfish shield shiitake shinkansen shiny ship
shipping shirt shoe shoes shooting shopping shortcake shot shrimp shroom shuttlecock sick
side sign signal silly simple sing siren sit skate skateboard skater skates skating ski skis
skydive slay sled sledge sleep sleigh slice slide slightly slot sloth slots slow slug sly
small smart smell smelly smh smile smiley smiling snail snake snap sneaker snorkeling snout
snow snowflake snowman soak soap soapdish soar soccer socks soda soft softball something
sound soup sour sow soybean space spaghetti spanner spark sparkling speculum speed speedboat
spice spider spin spinning spiny spiral split sponge spool spoon spore sport sports
sportutility spots spring springtime sprinkles sprout spy square squeeze squeezebox star
stars statue steak steam steaming stein step stethoscope stew stick stiletto sting stinger
stink stinks stinky stocking stone stop stoplight store strat straw strawberry streamer
strike string stringed stripe strong stuffed stuffy suburban suburbia sugar suit summer sun
sunflower sunglasses sunny super supplies surf surfer surfing surprise sushi swan sweat
sweeping sweet sweets swim swimming swords syringe t table tableware tache taco tada
taekwondo tai takeout tale talk tangerine tangy target tash taste taxi tbt tea teacup teapot
tear teddy teeth telephone telescope television tempura tennis tentacles tequila terrapin
terrestrial test thanksgiving the thing thread thunder thunderbolt tie tiger toadstool toast
toboggan toilet toiletry tokyo tomato tool toolbox tooth toothbrush top tophat toppings torch
tornado tortoise towels tower toy tractor traffic train trains tram trans transgender
transparent transportation trash travel treat tree triangle triangular trip trolley
trolleybus trophy tropical tropics trousers truck truffle trumpet tshirt tube tulip turd
turkey turtle tusk tv twisted tyrannosaurus u ufo ugly ultimate umbrella under underarm
unicorn uniform unlock unlocked unlucky up upset utility vaccination valentine vampire van
vat vegetable vegetarian veggie vehicle vertical victory video videogame view violin vitamin
volleyball voltage waffle wand waste wastebasket water watermelon wave wealthy weapon weather
wedding wedge weekend welding whale wheat wheels where whirlwind white wicked wild win wind
window wine winning wise witch with without wizard wolf woman wood woodwind woohoo wooly wrap
wrapped wrapper wrench yacht yarn yellow yo yolo york young yum yummy zap zebra zest zodiac
zoo zoom
`;

/**
 * The words, in lower case, that the embedded model may have met in training. It can only guess at
 * others.
 */
export const trainedWords: ReadonlySet<string> = new Set(list.trim().split(/\s+/));
